import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openProgress } from '../../../cli/replay/progress-file.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const folder = await temporaryFolder('progress');
afterAll(() => removeFolder(folder));

const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string];

it('remembers what was sent for two days, also behind a line that a kill cut off', () => {
  const path = join(folder, 'replayed.txt');
  let now = Date.UTC(2026, 10, 20);
  const add = (...keys: readonly string[]) => {
    const file = openProgress(path, () => now);
    file.add(keys);
    file.close();
  };
  add(one);
  now += 47 * 3_600_000;
  appendFileSync(path, two.slice(0, 20));
  add(two, three);
  expect([...openProgress(path, () => now).sent]).toEqual([one, two, three]);
  now += 2 * 3_600_000;
  expect([...openProgress(path, () => now).sent]).toEqual([two, three]);
  expect(readFileSync(path, 'utf8')).toMatch(/^[\s\da-f]+$/);
});
