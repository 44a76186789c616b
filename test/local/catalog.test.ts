import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCatalog } from '../../local/catalog.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'playlake-catalog-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function aCatalog() {
  const catalog = createCatalog({ dataDir, clock: () => 5000 });
  catalog.defineDatabase('Game', {});
  catalog.defineTable('game', { Name: 'Events', PartitionKeys: [{ Name: 'day', Type: 'string' }] });
  return catalog;
}

const partition = (day: string, run: string) => ({
  Values: [day],
  StorageDescriptor: { Location: `s3://lake/${run}/` },
});

const withColumns = (day: string, last: string) => ({
  Values: [day],
  StorageDescriptor: { Location: `s3://lake/${day}/`, Columns: [{ Name: 'a_column' }, { Name: last }] },
});

describe('createCatalog', () => {
  it('finds databases and tables in any case', () => {
    const catalog = aCatalog();
    expect(catalog.databases()).toEqual(['game']);
    expect(catalog.table('GAME', 'EVENTS')).toMatchObject({ Name: 'events', DatabaseName: 'game', CreateTime: 5 });
    expect(catalog.table('game', 'other')).toBeUndefined();
  });

  it('refuses a table of a database that is not there', () => {
    expect(() => aCatalog().defineTable('other', { Name: 'x' })).toThrow(/Database other not found/);
  });

  it('keeps the columns of many partitions once, and reads files that have them at each', async () => {
    const put = [withColumns('1', 'x'), withColumns('2', 'y'), withColumns('3', 'x'), partition('4', 'a')];
    await aCatalog().putPartitions('game', 'events', put);
    const path = join(dataDir, 'catalog', 'partitions.json');
    expect(readFileSync(path, 'utf8').split('a_column')).toHaveLength(3);
    const kept = aCatalog().partitions('game', 'events');
    expect(kept).toMatchObject(put);

    writeFileSync(path, JSON.stringify({ 'game.events': kept }));
    expect(aCatalog().partitions('game', 'events')).toEqual(kept);
  });

  it('keeps partitions over a restart, one for each set of values', async () => {
    const catalog = aCatalog();
    await Promise.all([
      catalog.putPartitions('game', 'events', [partition('1', 'a'), partition('2', 'a')]),
      catalog.putPartitions('game', 'events', [partition('2', 'b')]),
      catalog.putPartitions('game', 'events', [partition('3', 'b')]),
    ]);
    expect(await catalog.deletePartition('game', 'events', ['3'])).toBe(true);
    expect(await catalog.deletePartition('game', 'events', ['3'])).toBe(false);
    for (const reader of [catalog, aCatalog()]) {
      expect(reader.partitions('game', 'events')).toMatchObject([partition('1', 'a'), partition('2', 'b')]);
    }
  });

  it("keeps tables that are made beside the template's, until all is cleared", async () => {
    const catalog = aCatalog();
    await expect(catalog.createTable('game', { Name: 'events' })).rejects.toMatchObject({
      code: 'AlreadyExistsException',
    });
    await catalog.createTable('game', { Name: 'Custom_Items', Parameters: { classification: 'csv' } });
    await catalog.updateTable('game', { Name: 'custom_items', Parameters: { classification: 'json' } });
    await catalog.putPartitions('game', 'custom_items', [partition('1', 'a')]);
    await catalog.updateTable('game', { Name: 'events', Description: 'changed' });
    expect(catalog.table('game', 'events')).toMatchObject({ Description: 'changed', VersionId: '2' });

    const later = aCatalog();
    expect(later.tables('game').map(({ Name }) => Name)).toEqual(['custom_items', 'events']);
    expect(later.table('game', 'CUSTOM_ITEMS')).toMatchObject({ Parameters: { classification: 'json' } });
    expect(later.table('game', 'events')?.Description).toBeUndefined();

    await later.clear();
    expect(later.partitions('game', 'custom_items')).toEqual([]);
    expect(
      aCatalog()
        .tables('game')
        .map(({ Name }) => Name),
    ).toEqual(['events']);
  });

  it('deletes a table with its partitions', async () => {
    const catalog = aCatalog();
    await catalog.createTable('game', { Name: 'items' });
    await catalog.putPartitions('game', 'items', [partition('1', 'a')]);
    expect(await catalog.deleteTable('game', 'items')).toBe(true);
    expect(await catalog.deleteTable('game', 'items')).toBe(false);
    await catalog.createTable('game', { Name: 'items' });
    expect(catalog.partitions('game', 'items')).toEqual([]);
  });

  it('tells of every partition what Glue does, given or not', async () => {
    const catalog = aCatalog();
    await catalog.putPartitions('Game', 'Events', [partition('1', 'a')]);
    expect(catalog.partitions('game', 'events')).toEqual([
      {
        Values: ['1'],
        DatabaseName: 'game',
        TableName: 'events',
        CreationTime: 5,
        StorageDescriptor: {
          Location: 's3://lake/a/',
          Compressed: false,
          NumberOfBuckets: 0,
          StoredAsSubDirectories: false,
        },
      },
    ]);
  });
});
