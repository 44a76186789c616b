import { synthesize } from '../lib/synthesize.ts';
import { removals, removeStatement, tellStories } from '../test/support/prove-least-privilege.ts';
import { removeFolder, temporaryFolder } from '../test/support/temporary-folder.ts';
import type { Print } from './proofs.ts';

/** Takes statements out of the template, one at a time. Throws where nothing fails, or the log does not say why. */
export async function proveLeastPrivilege(print: Print): Promise<string> {
  const assemblyDir = await temporaryFolder('cdk.out');
  try {
    await synthesize({ configPath: 'config/dev.yaml', outdir: assemblyDir });
    await tellStories(assemblyDir);
    print('with every statement, all comes true');
    for (const removal of removals) {
      const { failure, missing } = await removeStatement(assemblyDir, removal);
      print(`${removal.policy} without ${removal.action}: ${failure.slice(0, 100)}`);
      print(`  ${missing}`);
    }
    return `${removals.length} statements, each of them missed`;
  } finally {
    await removeFolder(assemblyDir);
  }
}
