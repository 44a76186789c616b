import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noteStacks, settleStacks } from '../../local/note-stacks.ts';
import { aDataDir } from '../support/a-data-dir.ts';

const root = aDataDir();
const aFolder = (name: string): string => {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  return folder;
};

describe('noteStacks', () => {
  it('has nothing to say of a data directory that is new', async () => {
    await expect(noteStacks(aFolder('new'), ['a-api'])).resolves.toEqual({ added: [], dropped: [] });
  });

  it('tells what was added, and goes on telling what was dropped until it comes back', async () => {
    const folder = aFolder('switched');
    await noteStacks(folder, ['a-api', 'a-warehouse']);
    await expect(noteStacks(folder, ['a-api'])).resolves.toEqual({ added: [], dropped: ['a-warehouse'] });
    await expect(noteStacks(folder, ['a-api'])).resolves.toEqual({ added: [], dropped: ['a-warehouse'] });
    await expect(noteStacks(folder, ['a-api', 'a-warehouse'])).resolves.toEqual({
      added: ['a-warehouse'],
      dropped: [],
    });
  });

  it('tells what was added again until it is settled', async () => {
    const folder = aFolder('unsettled');
    await noteStacks(folder, ['a-api']);
    await noteStacks(folder, ['a-api', 'a-warehouse']);
    await expect(noteStacks(folder, ['a-api', 'a-warehouse'])).resolves.toMatchObject({ added: ['a-warehouse'] });
    await settleStacks(folder);
    await expect(noteStacks(folder, ['a-api', 'a-warehouse'])).resolves.toMatchObject({ added: [] });
  });

  it('takes every stack for new in a data directory of a version that did not note them', async () => {
    const folder = aFolder('earlier');
    writeFileSync(join(folder, 'endpoints.json'), '{}');
    await expect(noteStacks(folder, ['a-api'])).resolves.toEqual({ added: ['a-api'], dropped: [] });
  });
});
