import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readResultFile, writeResultFile } from '../../../local/query-executions/result-file.ts';
import type { ResultRow } from '../../../local/query-executions/result-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'playlake-results-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* batches(...rows: readonly ResultRow[]) {
  yield rows;
}

it('quotes every value, leaves nulls empty, and reads back what it wrote', async () => {
  const path = join(folder, 'result.csv');
  const rows: ResultRow[] = [
    ['1', 'a "quoted", text'],
    [undefined, ''],
    ['2', 'two\nlines 🎮'],
    [undefined, undefined],
  ];
  await writeResultFile(path, 'csv', ['id', 'text'], batches(...rows));
  expect(readFileSync(path, 'utf8').split('\n').slice(0, 3)).toEqual([
    '"id","text"',
    '"1","a ""quoted"", text"',
    ',""',
  ]);
  const read = [];
  // Small chunks cut through rows, quotes and characters.
  for await (const { row } of readResultFile(createReadStream(path, { highWaterMark: 3 }), 'csv')) read.push(row);
  expect(read).toEqual([['id', 'text'], ...rows]);
});

it('tells where the next row begins', async () => {
  const path = join(folder, 'result.csv');
  await writeResultFile(path, 'csv', ['x'], batches(['é'], ['b'], ['c']));
  const ends = [];
  for await (const { end } of readResultFile(createReadStream(path), 'csv')) ends.push(end);
  const rest = [];
  for await (const { row } of readResultFile(createReadStream(path, { start: ends[1] }), 'csv')) rest.push(row[0]);
  expect(rest).toEqual(['b', 'c']);
});
