import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readQuery } from '../../../lib/queries/read-query.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { warehouseSql, warehouseStatements } from '../../../lib/warehouse/warehouse-sql.ts';
import { sampleStatement } from '../../support/sample-statement.ts';
import { postgresOnly } from '../../support/postgres-only.ts';
import { refusedInRedshift } from '../../support/refused-in-redshift.ts';

const folder = join(import.meta.dirname, '../../../athena-queries');
const queries = readdirSync(folder).map((file) => readQuery(join(folder, file)));
const sql = warehouseSql({ events: readEventCatalogue(), queries, stream: 'playlake-events' });

describe('warehouseSql', () => {
  it('has every report', () => {
    expect(Object.keys(sql.reports).toSorted()).toEqual(queries.map(({ name }) => name).toSorted());
  });

  it('says nothing that Redshift refuses', () => {
    const refused = warehouseStatements(sql).flatMap(({ name, statement }) =>
      refusedInRedshift(sampleStatement(statement)).map((fault) => `${name}: ${fault}`),
    );
    expect(refused).toEqual([]);
  });

  it('lets go of a live view that is switched off: its landing would keep the warehouse awake', () => {
    const { live, trimLive } = warehouseSql({ events: readEventCatalogue(), queries: [] });
    expect(live.flatMap(({ statements }) => statements)).toEqual([
      'DROP VIEW IF EXISTS public.live_events',
      'DROP MATERIALIZED VIEW IF EXISTS public.live_landing',
    ]);
    expect(trimLive).toEqual([]);
  });

  it('fits one transaction of the Data API', () => {
    const batches = [...sql.setup.tables, ...sql.setup.views, ...sql.live].map(({ statements }) => statements);
    for (const statements of [...batches, sql.load.statements, sql.purge.statements])
      expect(statements.length).toBeLessThanOrEqual(30);
  });
});

describe('refusedInRedshift', () => {
  it.each(postgresOnly)('refuses %s', (statement, reason) => {
    expect(refusedInRedshift(statement).join('\n')).toMatch(reason);
  });
});
