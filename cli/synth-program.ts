import { resolve } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { Command, Option } from 'commander';
import { loadConfig } from '../config/load.ts';
import { loadNames, type LoadName } from '../lib/cost/load.ts';
import { synthesize } from '../lib/synthesize.ts';
import { defaultLoad, defaultRegion, estimate } from './estimate.ts';
import { formatTable } from './format-table.ts';

/** The configuration that commands use unless told otherwise. */
export const defaultConfig = 'config/dev.yaml';

export interface SynthDeps {
  readonly print: (line: string) => void;
}

interface SynthOptions {
  readonly config: string;
  readonly output: string;
  readonly validation: boolean;
  readonly load: LoadName;
  readonly region: string;
}

/** `npm run synth`: what would be deployed, as CloudFormation templates. */
export function createSynthProgram({ print }: SynthDeps): Command {
  return new Command('synth')
    .description('Writes the CloudFormation templates of a configuration, with the functions’ bundles beside them.')
    .option('--config <file>', 'settings of the deployment', defaultConfig)
    .option('--output <folder>', 'where the cloud assembly goes', 'cdk.out')
    .option('--no-validation', 'do not hold the templates against CloudFormation’s schemas')
    .addOption(new Option('--load <name>', 'load of the estimate').choices(loadNames).default(defaultLoad))
    .option('--region <name>', 'whose prices the estimate takes', defaultRegion)
    .showHelpAfterError()
    .action(async ({ config, output, validation, load, region }: SynthOptions) => {
      const costs = estimate(loadConfig(config), load, region);
      const started = performance.now();
      const assembly = await synthesize({ configPath: config, outdir: output, validate: validation });
      const seconds = ((performance.now() - started) / 1_000).toFixed(1);
      print(formatTable(['stack', 'resources', 'template'], assembly.stacks.map(describeStack)));
      print(`synthesized ${config} in ${seconds} s: ${resolve(assembly.directory)}`);
      print(costs);
    });
}

function describeStack({ stackName, template, templateFile }: CloudAssembly['stacks'][number]): string[] {
  const { Resources } = template as { readonly Resources: object };
  return [stackName, String(Object.keys(Resources).length), templateFile];
}
