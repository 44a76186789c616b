import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQuery } from '../../../lib/queries/read-query.ts';
import type { Query } from '../../../lib/queries/read-query.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { warehouseSql } from '../../../lib/warehouse/warehouse-sql.ts';
import { expectedRow, readCases, valuesOf } from '../../queries/run-cases.ts';
import type { QueryCase } from '../../queries/run-cases.ts';
import { aTypedLake } from '../../queries/typed-lake.ts';
import type { TypedLake } from '../../queries/typed-lake.ts';
import { warehouseOnPglite } from './warehouse-on-pglite.ts';
import type { WarehouseOnPglite } from './warehouse-on-pglite.ts';

const folder = join(import.meta.dirname, '../../../athena-queries');
const cases = join(import.meta.dirname, '../../queries');
const queries = readdirSync(folder)
  .filter((file) => file.endsWith('.sql'))
  .map((file) => readQuery(join(folder, file)));

/** Every case of every report, answered by the warehouse's own SQL from rows that the warehouse's own load has typed. */
describe('the reports on PGlite', () => {
  let warehouse: WarehouseOnPglite;
  let lake: TypedLake;

  beforeAll(async () => {
    lake = await aTypedLake();
    warehouse = await warehouseOnPglite(warehouseSql({ events: readEventCatalogue(), queries }));
    await warehouse.setUp('1970-01-01');
  });
  afterAll(async () => {
    await warehouse?.engine.close();
    await lake?.stop();
  });

  let filled: QueryCase['rows'] | undefined;
  let filledFor: string | undefined;

  /** Player and account tables are the jobs' own, which the warehouse reads from the lake. */
  async function fill(query: Query, { rows }: QueryCase): Promise<void> {
    if (filled !== rows) {
      await warehouse.empty();
      await warehouse.load(
        'raw_events/ingest_date=2026-03-10/a.parquet',
        rows.map(({ row }) => ({ ...row })),
      );
    }
    if (filled === rows && filledFor === query.name) return;
    filled = rows;
    filledFor = query.name;
    await lake.fill(rows, query.sql);
    for (const [table, columns] of warehouse.lakeTables) {
      if (!new RegExp(`\\b(FROM|JOIN)\\s+${table}\\b`).test(query.sql)) continue;
      const list = columns.filter(({ name }) => name !== 'snapshot').map(({ name }) => name);
      const answer = await lake.lake.query(`SELECT ${list.join(', ')} FROM ${table}`, { countsBytes: false });
      await warehouse.fillLake(
        table,
        answer.rows.map((row) => Object.fromEntries(list.map((name, at) => [name, row[at] ?? null]))),
      );
    }
  }

  describe.each(queries.map((query) => [query.name, query] as const))('%s', (name, query) => {
    it.each(readCases(join(cases, `${name}.yaml`)).map((example) => [example.name, example] as const))(
      '%s',
      async (_, example) => {
        await fill(query, example);
        const rows = await warehouse.report(name, valuesOf(query, example), example.today ?? '2026-03-31');
        const spokenOf = new Set(example.expect.flatMap((row) => Object.keys(row)));
        const answered = rows.map((row) =>
          Object.fromEntries(Object.entries(row).filter(([column]) => spokenOf.size === 0 || spokenOf.has(column))),
        );
        expect(answered).toEqual(example.expect.map(expectedRow));
      },
    );
  });
});
