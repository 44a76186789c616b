import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQuery } from '../../lib/queries/read-query.ts';
import { expectedRow, readCases, runCase } from './run-cases.ts';
import { aTypedLake } from './typed-lake.ts';
import type { TypedLake } from './typed-lake.ts';

const folder = join(import.meta.dirname, '../../athena-queries');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.sql'))
  .map((file) => file.slice(0, -'.sql'.length));
const casesOf = (name: string) => join(import.meta.dirname, `${name}.yaml`);

let lake: TypedLake;
beforeAll(async () => {
  lake = await aTypedLake();
});
afterAll(() => lake.stop());

it('has cases for every query, and a query for all cases', () => {
  const cases = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.yaml'));
  expect(cases.toSorted()).toEqual(names.map((name) => `${name}.yaml`).toSorted());
});

describe.each(names.filter((name) => existsSync(casesOf(name))))('%s', (name) => {
  const query = readQuery(join(folder, `${name}.sql`));
  it.each(readCases(casesOf(name)).map((example) => [example.name, example] as const))('%s', async (_, example) => {
    expect(await runCase(lake, query, example)).toEqual(example.expect.map(expectedRow));
  });
});
