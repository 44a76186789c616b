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

  it('says that it reads no table of an open format', async () => {
    await glueTable.start(aResource({ DatabaseName: 'game', OpenTableFormatInput: {} }), runtime);
    expect(log.entries).toMatchObject([{ level: 'warn', fields: { logicalId: 'Id' } }]);
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
