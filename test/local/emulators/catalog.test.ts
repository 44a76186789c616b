import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { glueDatabase } from '../../../local/emulators/glue-database.ts';
import { glueTable } from '../../../local/emulators/glue-table.ts';
import { namedQuery } from '../../../local/emulators/named-query.ts';
import { workGroup } from '../../../local/emulators/work-group.ts';
import { createCatalog } from '../../../local/catalog.ts';
import type { NamedQuery, Resource, Runtime } from '../../../local/runtime.ts';
import { aDataDir } from '../../support/a-data-dir.ts';
import { aLog } from '../../support/a-log.ts';

const dataDir = aDataDir();

function aResource(properties: Readonly<Record<string, unknown>> = {}): Resource {
  return { stack: 'stack', logicalId: 'Id', type: 'Type', properties, generatedName: 'Generated-Name' };
}

describe('glueDatabase and glueTable', () => {
  const catalog = createCatalog({ dataDir });
  const log = aLog();
  const runtime = { catalog, log, accountId: '000000000000' } as unknown as Runtime;

  it('puts into the catalog what the template says', async () => {
    const database = await glueDatabase.start(
      aResource({ DatabaseInput: { Name: 'game', Description: 'Events' } }),
      runtime,
    );
    const TableInput = {
      Name: 'events',
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: [{ Name: 'day', Type: 'string' }],
    };
    const table = await glueTable.start(aResource({ DatabaseName: 'game', TableInput }), runtime);
    expect([database.ref, table.ref]).toEqual(['game', 'events']);
    expect(catalog.table('game', 'events')).toMatchObject({ ...TableInput, CatalogId: '000000000000' });
  });

  it("keeps an Iceberg table as Parquet, with its job's columns, and says so", async () => {
    const plan = join(dataDir, 'plan.json');
    const jobs = new Map<string, Readonly<Record<string, string>>>();
    const withJobs = { ...runtime, etl: { jobArguments: () => jobs }, assetPath: () => plan } as unknown as Runtime;
    const fields = [
      { Name: 'event_id', Type: 'string' },
      { Name: 'score', Type: 'long' },
      { Name: 'event_date', Type: 'date' },
    ];
    const IcebergTableInput = {
      Location: 's3://lake/events',
      Schema: { Fields: fields },
      PartitionSpec: { Fields: [{ Name: 'event_date', SourceId: 3 }] },
    };
    const properties = {
      DatabaseName: 'game',
      Name: 'ice',
      OpenTableFormatInput: { IcebergInput: { IcebergTableInput } },
    };
    const started = await glueTable.start(aResource(properties), withJobs);
    expect(catalog.table('game', 'ice')).toMatchObject({
      PartitionKeys: [{ Name: 'event_date', Type: 'date' }],
      StorageDescriptor: {
        Location: 's3://lake/events/',
        Columns: [
          { Name: 'event_id', Type: 'string' },
          { Name: 'score', Type: 'bigint' },
        ],
      },
    });
    expect(log.entries).toMatchObject([{ level: 'warn', fields: { table: 'ice' } }]);

    const columns = [
      { name: 'event_id', type: 'string' },
      { name: 'added', type: 'decimal(18,2)' },
    ];
    const tables = { ice: { columns, partition_keys: [{ name: 'event_date', type: 'date' }] } };
    writeFileSync(plan, JSON.stringify({ version: 1, tables }));
    jobs.set('job', { '--plan': 's3://assets/plan.json' });
    await started.ready?.();
    expect(catalog.table('game', 'ice')?.StorageDescriptor?.Columns).toEqual([
      { Name: 'event_id', Type: 'string' },
      { Name: 'added', Type: 'decimal(18,2)' },
    ]);
  });

  it('refuses a table of an open format that the template does not describe', async () => {
    const properties = { DatabaseName: 'game', Name: 'ice', OpenTableFormatInput: {} };
    await expect(async () => glueTable.start(aResource(properties), runtime)).rejects.toThrow('its schema');
  });
});

describe('workGroup and namedQuery', () => {
  it('defines the workgroup with its settings', async () => {
    const defined: unknown[] = [];
    const workGroups = { defineWorkGroup: (...input: unknown[]) => void defined.push(input) };
    const runtime = { workGroups, clock: () => 5000 } as unknown as Runtime;
    const properties = { Name: 'reports', WorkGroupConfiguration: { BytesScannedCutoffPerQuery: 10 } };
    expect(await workGroup.start(aResource(properties), runtime)).toMatchObject({ ref: 'reports' });
    expect(await workGroup.start(aResource(), runtime)).toMatchObject({ ref: 'Generated-Name' });
    expect(defined).toEqual([
      ['reports', properties],
      ['Generated-Name', {}],
    ]);
  });

  it('gives a saved query an id that stays until the query changes', async () => {
    const defined: NamedQuery[] = [];
    const runtime = {
      workGroups: { defineNamedQuery: (query: NamedQuery) => void defined.push(query) },
    } as unknown as Runtime;
    const start = (QueryString: string) =>
      namedQuery.start(aResource({ Name: 'dau', Database: 'game', WorkGroup: 'reports', QueryString }), runtime);
    const [first, again, changed] = [await start('SELECT 1'), await start('SELECT 1'), await start('SELECT 2')];
    expect(first.ref).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(again.ref).toBe(first.ref);
    expect(changed.ref).not.toBe(first.ref);
    expect(defined[0]).toEqual({
      NamedQueryId: first.ref,
      Name: 'dau',
      Database: 'game',
      WorkGroup: 'reports',
      QueryString: 'SELECT 1',
    });
  });
});
