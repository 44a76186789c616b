import type { TestProject } from 'vitest/node';
import { synthesize } from '../../lib/synthesize.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of a cloud assembly of config/dev.yaml, synthesized once for all pipeline tests. Copy it to change it. */
    readonly assemblyDir: string;
  }
}

/** Synthesizes the app once; every pipeline test runs this assembly, or a changed copy of it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const assemblyDir = await temporaryFolder('cdk.out');
  await synthesize({ configPath: 'config/dev.yaml', outdir: assemblyDir });
  project.provide('assemblyDir', assemblyDir);
  return () => removeFolder(assemblyDir);
}
