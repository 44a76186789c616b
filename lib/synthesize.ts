import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { loadConfig } from '../config/load.ts';
import { createPipeline } from './pipeline.ts';

export interface SynthesizeOptions {
  /** The YAML file of settings. */
  readonly configPath: string;
  /** Folder for the cloud assembly; made when it is not there. */
  readonly outdir: string;
}

const cdkJson = new URL('../cdk.json', import.meta.url);

/** Synthesizes in this process, with the same context as the CDK's own command. Throws `InvalidConfig`. */
export async function synthesize({ configPath, outdir }: SynthesizeOptions): Promise<CloudAssembly> {
  const { context } = JSON.parse(readFileSync(cdkJson, 'utf8')) as { readonly context: Record<string, unknown> };
  const app = new App({ context, outdir, analyticsReporting: false });
  createPipeline(app, loadConfig(configPath));
  return app.synth();
}
