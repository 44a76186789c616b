import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readResults } from '../../../bench/run/results.ts';
import { describeError } from '../../../cli/run-cli.ts';
import { aBenchRun, aFigure } from '../../support/a-bench-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'run.json');
const read = async (content: unknown): Promise<unknown> => {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return await readResults(file).catch(describeError);
};

it('reads what a run wrote', async () => {
  const run = aBenchRun([aFigure({ promised: 0.5 }), aFigure({ name: 'tiny: other' })]);
  expect(await read(run)).toEqual(run);
});

it.each<[what: string, content: unknown, message: RegExp]>([
  ['text', 'figures', /run\.json is no JSON; .*\n {2}because: Unexpected token/],
  [
    'other JSON',
    { figures: {} },
    /run\.json is no file that npm run bench -- --json writes:\n[^]*expected array[^]*at figures/,
  ],
  [
    'a figure in a unit that there is not',
    aBenchRun([aFigure({ unit: 'miles' as 'ms' })]),
    /"ratio"\|[^]*figures\[0\]\.unit/,
  ],
  [
    'a figure without a number',
    aBenchRun([aFigure({ values: { median: NaN, low: 0, high: 1 } })]),
    /number, received null/,
  ],
  ['a spread in no order', aBenchRun([aFigure({ values: { median: 3, low: 1, high: 2 } })]), /not in this order/],
  ['a figure of no bench', aBenchRun([aFigure({ name: 'speed' })]), /must be the name of a bench, a colon/],
  ['a name twice', aBenchRun([aFigure(), aFigure()]), /two figures are called "tiny: speed"/],
])('refuses %s', async (_what, content, message) => {
  expect(await read(content)).toMatch(message);
});

it('says that a file is not there', async () => {
  const error = await readResults(join(folder, 'none.json')).catch(describeError);
  expect(error).toMatch(/none\.json cannot be read; .*\n {2}because: ENOENT/);
});
