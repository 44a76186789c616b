import { readFileSync } from 'node:fs';
import { App, type Stack } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { loadConfig } from '../config/load.ts';
import { keepResources, type KeptParts } from './keep-resources.ts';
import { createPipeline } from './pipeline.ts';

export interface SynthesizeOptions {
  /** The YAML file of settings. */
  readonly configPath: string;
  /** Folder for the cloud assembly; made when it is not there. */
  readonly outdir: string;
  /** Hold the templates against CloudFormation's own schemas as well, which doubles the time. Off by default. */
  readonly validate?: boolean;
  /** What stacks keep of their last deployment, by stack name. */
  readonly kept?: ReadonlyMap<string, KeptParts>;
}

const cdkJson = new URL('../cdk.json', import.meta.url);

/** Synthesizes in this process, with the same context as the CDK's own command. Throws `InvalidConfig`. */
export async function synthesize({
  configPath,
  outdir,
  validate = false,
  kept = new Map(),
}: SynthesizeOptions): Promise<CloudAssembly> {
  const app = new App({
    context: readContext(),
    outdir,
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: validate,
  });
  createPipeline(app, loadConfig(configPath));
  for (const [stack, parts] of kept) keepResources(app.node.findChild(stack) as Stack, parts);
  return app.synth();
}

/** The feature flags that the CDK's own command reads from cdk.json. */
export function readContext(): Record<string, unknown> {
  const { context } = JSON.parse(readFileSync(cdkJson, 'utf8')) as { readonly context: Record<string, unknown> };
  return context;
}
