import { join, resolve } from 'node:path';
import { freshAssembly } from '../../../local/template/fresh-assembly.ts';

const projectDir = resolve(import.meta.dirname, '../../..');

/** Folder of the cloud assembly that `npm run local` would run now; synthesized when an input is newer. */
export async function projectAssembly(): Promise<string> {
  const { dir } = await freshAssembly({
    projectDir,
    configPath: join(projectDir, 'config', 'dev.yaml'),
    synthesize: async (what) => (await import('../../../lib/synthesize.ts')).synthesize(what),
  });
  return dir;
}
