import { writeFile } from 'node:fs/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import { synthesize } from '../lib/synthesize.ts';
import { cloudFormationStacks, type CloudStacks } from './deploy/cloud-stacks.ts';
import { awsStreams, type CloudStreams } from './deploy/cloud-streams.ts';
import { endpointsFile, type DeployedEndpoints } from './deploy/deployed-endpoints.ts';
import { runCdk } from './deploy/run-cdk.ts';
import { runDeploy } from './deploy/run-deploy.ts';
import type { StackTemplate } from './deploy/stack-template.ts';
import { askInTerminal } from './ask-in-terminal.ts';
import { findDeployment } from './deployment.ts';
import { defaultConfig } from './synth-program.ts';
import { describeBackfill } from './warehouse/backfill.ts';

/** What the command line needs from outside. */
export interface DeployProgramDeps {
  readonly synthesize: typeof synthesize;
  readonly connect: () => CloudStacks;
  readonly connectStreams: () => CloudStreams;
  /** Fills a new warehouse from the lake; says what it did. */
  readonly backfill: (endpoints: DeployedEndpoints) => Promise<string>;
  readonly runCdk: typeof runCdk;
  readonly ask: (question: string) => Promise<boolean>;
  readonly writeFile: (path: string, text: string) => Promise<void>;
  readonly print: (line: string) => void;
}

interface DeployOptions {
  readonly config: string;
  readonly replace: readonly string[];
  readonly profile?: string;
  readonly region?: string;
  readonly yes?: boolean;
}

/** `npm run deploy`: to AWS, but never past data that would be left behind. */
export function createDeployProgram(deps: DeployProgramDeps): Command {
  return new Command('deploy')
    .description(
      'Deploys a configuration to AWS. Stops, saying what to do, where a stream, table or bucket would be replaced, or a ' +
        'table would lose a column that its files hold; asks before it deletes stacks that the configuration no longer has; leaves endpoints.<workload>.json for clients.',
    )
    .option('--config <file>', 'settings of the deployment', defaultConfig)
    .option('--replace <logical-id...>', 'replace these resources, leaving behind what they hold', [])
    .option('--profile <name>', 'AWS profile to deploy with')
    .option('--region <region>', 'AWS region to deploy to')
    .option('--yes', 'ask nothing: delete what is no longer configured, approve changes of permissions')
    .showHelpAfterError()
    .action((options: DeployOptions) => deploy(options, deps));
}

async function deploy(
  { config, replace, profile, region, yes }: DeployOptions,
  deps: DeployProgramDeps,
): Promise<void> {
  // The SDK and the CDK both read these.
  if (profile !== undefined) process.env['AWS_PROFILE'] = profile;
  if (region !== undefined) process.env['AWS_REGION'] = region;

  const { WORKLOAD_NAME: workload } = loadConfig(config);
  const source = { configPath: config, outdir: 'cdk.out', validate: true };
  const assembly = await deps.synthesize(source);
  const templates = new Map(assembly.stacks.map(({ stackName, template }) => [stackName, template as StackTemplate]));

  const endpoints = await runDeploy(
    { workload, templates, replace },
    {
      cloud: deps.connect(),
      streams: deps.connectStreams(),
      now: Date.now,
      deployAll: async (kept) => {
        const { directory } = kept.size === 0 ? assembly : await deps.synthesize({ ...source, kept });
        await deps.runCdk('deploy', directory, yes === true ? ['--require-approval', 'never'] : []);
      },
      backfill: deps.backfill,
      confirm: async (question) => yes === true || deps.ask(question),
      print: deps.print,
    },
  );
  const file = endpointsFile(workload);
  await deps.writeFile(file, `${JSON.stringify(endpoints, null, 2)}\n`);
  deps.print(`deployed ${workload}: ${endpoints.apiUrl}\nclients find the rest in ${file}`);
}

/** What the command uses outside tests. */
export const deployDeps: Omit<DeployProgramDeps, 'print'> = {
  synthesize,
  connect: () => cloudFormationStacks(new CloudFormationClient({}), new S3Client({})),
  connectStreams: () =>
    awsStreams({
      firehose: new FirehoseClient({}),
      kinesis: new KinesisClient({}),
      cloudWatch: new CloudWatchClient({}),
    }),
  backfill: backfillDeployed,
  runCdk,
  ask: askInTerminal,
  writeFile,
};

async function backfillDeployed(endpoints: DeployedEndpoints): Promise<string> {
  const { redshiftWorkgroup: workgroup, ...rest } = endpoints;
  if (workgroup === null) throw new Error('the deployed stacks name no workgroup');
  // Loaded only where there is a warehouse: five clients take a while.
  const { backfillFromLake } = await import('./warehouse/backfill-lake.ts');
  const { signer } = findDeployment({ apiUrl: endpoints.apiUrl, region: endpoints.region });
  return describeBackfill(await backfillFromLake({ ...rest, signer, endpoint: undefined, workgroup }));
}
