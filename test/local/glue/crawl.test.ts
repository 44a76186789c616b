import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createQueryEngine } from '../../../local/query-engine.ts';
import { createCatalog } from '../../../local/catalog.ts';
import { anEtl } from '../support/an-etl.ts';
import type { EtlSetup } from '../support/an-etl.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'playlake-crawl-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 }));

/** A lake with objects, and a crawler over `custom/` and `errors/` as the stacks have it. */
async function aCrawler(objects: Readonly<Record<string, string | Buffer>>, setup: Partial<EtlSetup> = {}) {
  const catalog = createCatalog({ dataDir, clock: () => 5000 });
  catalog.defineDatabase('game', {});
  const made = anEtl({ dataDir, catalog, ...setup });
  await made.objects.createBucket('lake');
  const put = async (more: Readonly<Record<string, string | Buffer>>) => {
    for (const [key, body] of Object.entries(more)) await made.objects.put('lake', key, Buffer.from(body));
  };
  await put(objects);
  made.etl.defineCrawler('crawler', {
    Role: 'arn:aws:iam::000000000000:role/crawler',
    DatabaseName: 'game',
    TablePrefix: 'crawled_',
    Targets: {
      S3Targets: ['custom', 'errors'].map((folder) => ({ Path: `s3://lake/${folder}/`, Exclusions: ['**/_*'] })),
    },
    SchemaChangePolicy: { UpdateBehavior: 'LOG', DeleteBehavior: 'LOG' },
    Configuration: '{"Version":1,"Grouping":{"TableLevelConfiguration":3}}',
  });
  const engine = createQueryEngine({ catalog, objects: made.objects, dataDir, clock: Date.now });
  return {
    ...made,
    put,
    crawl: () => made.etl.crawlers.start('crawler').done,
    columns: (table: string) =>
      catalog.table('game', table)?.StorageDescriptor?.Columns?.map(({ Name, Type }) => `${Name} ${Type}`),
    async query(sql: string) {
      const { batches, scannedBytes } = await engine.run({ sql, database: 'game' });
      const rows: (readonly (string | undefined)[])[] = [];
      for await (const batch of batches) rows.push(...batch);
      return { rows, scannedBytes };
    },
    stop: () => engine.stop(),
  };
}

async function parquet(sql: string): Promise<Buffer> {
  const { readFile } = await import('node:fs/promises');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const path = join(dataDir, 'made.parquet');
  await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  return readFile(path);
}

const jsonLines = (...rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

describe('a crawl', () => {
  it('makes a table of JSON lines, whatever case the members are written in', async () => {
    const lake = await aCrawler({
      'custom/Shop Items/a.jsonl': jsonLines(
        { itemId: 1, Name: 'axe', tags: ['x', 'y'], At: { X: 1.5 }, soldAt: '2026-01-02T03:04:05Z' },
        { itemId: 2, free: true },
      ),
      'custom/Shop Items/b.json.gz': gzipSync(jsonLines({ itemId: 3, Name: 'bow' })),
      'custom/Shop Items/_SUCCESS': 'ignored',
    });
    expect(await lake.crawl()).toMatchObject({ State: 'SUCCEEDED' });
    expect(lake.columns('crawled_shop_items')).toEqual([
      'itemid bigint',
      'name string',
      'tags array<string>',
      'at struct<X:double>',
      'soldat string',
      'free boolean',
    ]);
    expect(lake.catalog.table('game', 'crawled_shop_items')).toMatchObject({
      TableType: 'EXTERNAL_TABLE',
      Parameters: { classification: 'json', UPDATED_BY_CRAWLER: 'crawler', objectCount: '2' },
      PartitionKeys: [],
      StorageDescriptor: { Location: 's3://lake/custom/Shop Items/' },
    });
    const { rows, scannedBytes } = await lake.query(
      'SELECT itemid, name, cardinality(tags), at.x, free FROM crawled_shop_items ORDER BY itemid',
    );
    expect(rows).toEqual([
      ['1', 'axe', '2', '1.5', undefined],
      ['2', undefined, undefined, undefined, 'true'],
      ['3', 'bow', undefined, undefined, undefined],
    ]);
    expect(scannedBytes).toBeGreaterThan(100);
    await lake.stop();
  });

  it('makes a table of CSV with a header, as Hive reads it: nothing is quoted', async () => {
    const lake = await aCrawler({
      'custom/prices/p.csv': 'Item,Price,Count,Note\n1,2.5,10,plain\n2,3,,"two, parts"\n3,x,\\N,end\n',
    });
    await lake.crawl();
    expect(lake.columns('crawled_prices')).toEqual(['item bigint', 'price string', 'count string', 'note string']);
    expect(lake.catalog.table('game', 'crawled_prices')?.Parameters).toMatchObject({
      classification: 'csv',
      delimiter: ',',
      'skip.header.line.count': '1',
    });
    expect((await lake.query('SELECT * FROM crawled_prices ORDER BY item')).rows).toEqual([
      ['1', '2.5', '10', 'plain'],
      ['2', '3', '', '"two'],
      ['3', 'x', undefined, 'end'],
    ]);
    await lake.stop();
  });

  it('takes the first row of CSV for data where all is text, and counts the columns', async () => {
    const lake = await aCrawler({ 'custom/words/w.txt': 'Name;Kind\r\naxe;tool\r\n' });
    await lake.crawl();
    expect(lake.columns('crawled_words')).toEqual(['col0 string', 'col1 string']);
    expect((await lake.query('SELECT * FROM crawled_words ORDER BY col0')).rows).toEqual([
      ['Name', 'Kind'],
      ['axe', 'tool'],
    ]);
    await lake.stop();
  });

  it('reads what OpenCSVSerDe reads once somebody has said so: quotes hold a cell together', async () => {
    const lake = await aCrawler({ 'custom/prices/p.csv': 'item,note\n1,"two, ""parts"""\n2,plain\n' });
    await lake.crawl();
    const table = lake.catalog.table('game', 'crawled_prices')!;
    await lake.catalog.updateTable('game', {
      ...table,
      StorageDescriptor: {
        ...table.StorageDescriptor,
        SerdeInfo: {
          SerializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
          Parameters: { separatorChar: ',' },
        },
      },
    });
    expect((await lake.query('SELECT * FROM crawled_prices ORDER BY item')).rows).toEqual([
      ['1', 'two, "parts"'],
      ['2', 'plain'],
    ]);
    await lake.stop();
  });

  it('makes partitions of folders, and later adds those that are new without touching the columns', async () => {
    const lake = await aCrawler({
      'custom/visits/day=2026-01-01/a.parquet': await parquet("SELECT 1 AS id, DATE '2026-01-01' AS seen"),
      'custom/visits/day=2026-01-02/a.parquet': await parquet("SELECT 2 AS id, DATE '2026-01-02' AS seen"),
      'errors/failed/2026/01/x': jsonLines({ errorCode: 'A', attempts: 3 }),
    });
    await lake.crawl();
    expect(lake.columns('crawled_visits')).toEqual(['id int', 'seen date']);
    expect(lake.catalog.table('game', 'crawled_visits')?.PartitionKeys).toEqual([{ Name: 'day', Type: 'string' }]);
    expect(lake.catalog.table('game', 'crawled_failed')?.PartitionKeys?.map(({ Name }) => Name)).toEqual([
      'partition_0',
      'partition_1',
    ]);
    expect((await lake.query("SELECT id, seen FROM crawled_visits WHERE day = '2026-01-02'")).rows).toEqual([
      ['2', '2026-01-02'],
    ]);
    expect((await lake.query('SELECT errorcode, partition_0 FROM crawled_failed')).rows).toEqual([['A', '2026']]);

    await lake.put({ 'custom/visits/day=2026-01-03/a.parquet': await parquet("SELECT 3 AS id, 'x' AS more") });
    expect(await lake.crawl()).toMatchObject({ State: 'SUCCEEDED' });
    expect(lake.columns('crawled_visits')).toEqual(['id int', 'seen date']);
    expect((await lake.query('SELECT id, seen, day FROM crawled_visits ORDER BY id')).rows.at(-1)).toEqual([
      '3',
      undefined,
      '2026-01-03',
    ]);
    expect(lake.log.entries).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: { table: 'crawled_visits', found: ['more string'] } }),
    );
    expect(lake.etl.crawlers.metrics('crawler')).toMatchObject({ TablesCreated: 0, TablesUpdated: 1 });
    await lake.stop();
  });

  it("leaves alone what is not a crawler's, what it cannot read, and files without a folder", async () => {
    const lake = await aCrawler({
      'custom/ours/a.json': jsonLines({ a: 1 }),
      'custom/mixed/a.json': jsonLines({ a: 1 }),
      'custom/mixed/b.csv': 'a,b\n1,2\n',
      'custom/alone.json': jsonLines({ a: 1 }),
    });
    lake.catalog.defineTable('game', { Name: 'crawled_ours', Description: 'by the template' });
    expect(await lake.crawl()).toMatchObject({ State: 'SUCCEEDED' });
    expect(lake.catalog.tables('game').map(({ Name }) => Name)).toEqual(['crawled_ours']);
    expect(lake.catalog.table('game', 'crawled_ours')).toMatchObject({ Description: 'by the template' });
    expect(lake.log.entries.filter(({ level }) => level === 'warn')).toHaveLength(3);
  });

  it('fails where its role may not do what it has to, and tells so', async () => {
    const lake = await aCrawler({ 'custom/a/a.json': jsonLines({ a: 1 }) }, { denied: ['glue:CreateTable'] });
    expect(await lake.crawl()).toMatchObject({
      State: 'FAILED',
      ErrorMessage: expect.stringContaining(
        'glue:CreateTable on arn:aws:glue:us-east-1:000000000000:table/game/crawled_a',
      ),
    });
    expect(lake.told).toMatchObject([
      { 'detail-type': 'Glue Crawler State Change', detail: { crawlerName: 'crawler', state: 'Failed' } },
    ]);
  });

  it.each([
    ['changes tables', { SchemaChangePolicy: { UpdateBehavior: 'UPDATE_IN_DATABASE', DeleteBehavior: 'LOG' } }],
    ['reads DynamoDB', { Targets: { DynamoDBTargets: [] } }],
  ])('is refused where the crawler %s', async (_what, properties) => {
    const { etl } = anEtl({ dataDir });
    const policy = { SchemaChangePolicy: { UpdateBehavior: 'LOG', DeleteBehavior: 'LOG' } };
    expect(() => etl.defineCrawler('x', { ...policy, ...properties })).toThrow(/here/);
  });
});
