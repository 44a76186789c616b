import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readResults } from '../../bench/run/results.ts';

const folder = 'bench/history';

it('keeps the figures of releases, each in a file of its version', async () => {
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const { version, figures } = await readResults(`${folder}/${file}`);
    expect(file).toBe(`${version}.json`);
    expect(figures.length).toBeGreaterThan(0);
  }
});
