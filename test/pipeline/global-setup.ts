import { dirname } from 'node:path';
import type { TestProject } from 'vitest/node';
import { modeAssembly } from '../support/mode-assembly.ts';
import { removeFolder } from '../support/temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * Folder of a cloud assembly of config/dev.yaml without its console, synthesized once for all pipeline tests. Copy it to
     * change it.
     */
    readonly assemblyDir: string;
  }
}

/**
 * Synthesizes the app once; every pipeline test runs this assembly, or a changed copy of it. It has no console, whose files
 * each start would put into its bucket: test/engines/console looks at that.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const assemblyDir = await modeAssembly({ CONSOLE: false });
  project.provide('assemblyDir', assemblyDir);
  // The settings that it was made with lie beside it.
  return () => removeFolder(dirname(assemblyDir));
}
