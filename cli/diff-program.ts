import { Command } from 'commander';
import { synthesize } from '../lib/synthesize.ts';
import { runCdk } from './deploy/run-cdk.ts';
import { defaultConfig } from './synth-program.ts';

export interface DiffDeps {
  readonly synthesize: typeof synthesize;
  readonly runCdk: typeof runCdk;
}

interface DiffOptions {
  readonly config: string;
  readonly profile?: string;
}

/** `npm run diff`: what a deployment would change. */
export function createDiffProgram(deps: DiffDeps = { synthesize, runCdk }): Command {
  return new Command('diff')
    .description('Shows what deploying a configuration would change in the account. Changes nothing.')
    .option('--config <file>', 'settings of the deployment', defaultConfig)
    .option('--profile <name>', 'AWS profile to read with')
    .showHelpAfterError()
    .action(async ({ config, profile }: DiffOptions) => {
      const { directory } = await deps.synthesize({ configPath: config, outdir: 'cdk.out', validate: true });
      await deps.runCdk('diff', directory, profile === undefined ? [] : ['--profile', profile]);
    });
}
