import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesize } from '../../../lib/synthesize.ts';
import { removals, removeStatement } from '../../support/prove-least-privilege.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

let assemblyDir: string;

beforeAll(async () => {
  assemblyDir = await temporaryFolder('cdk.out');
  await synthesize({ configPath: 'config/dev.yaml', outdir: assemblyDir });
});
afterAll(() => removeFolder(assemblyDir));

describe('without one statement of a role', () => {
  it.each(removals.slice(0, 3))('$policy may not $action: not all of "$story"', async (removal) => {
    const { failure, missing } = await removeStatement(assemblyDir, removal);
    expect(failure).not.toBe('');
    expect(missing).toContain(removal.policy);
  });
});
