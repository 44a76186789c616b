import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import { synthesize } from '../lib/synthesize.ts';
import { cloudFormationStacks, type CloudStacks } from './deploy/cloud-stacks.ts';
import { endpointsFile } from './deploy/deployed-endpoints.ts';
import { runCdk } from './deploy/run-cdk.ts';
import { runDeploy } from './deploy/run-deploy.ts';
import type { StackTemplate } from './deploy/stack-template.ts';
import { UsageError } from './run-cli.ts';
import { defaultConfig } from './synth-program.ts';

/** What the command line needs from outside. */
export interface DeployProgramDeps {
  readonly synthesize: typeof synthesize;
  readonly connect: () => CloudStacks;
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
  const assembly = await deps.synthesize({ configPath: config, outdir: 'cdk.out', validate: true });
  const templates = new Map(assembly.stacks.map(({ stackName, template }) => [stackName, template as StackTemplate]));

  const endpoints = await runDeploy(
    { workload, templates, replace },
    {
      cloud: deps.connect(),
      deployAll: () => deps.runCdk('deploy', assembly.directory, yes === true ? ['--require-approval', 'never'] : []),
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
  connect: () => cloudFormationStacks(new CloudFormationClient({})),
  runCdk,
  ask: askInTerminal,
  writeFile,
};

async function askInTerminal(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError(`${question} Nobody is there to answer: add --yes`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
