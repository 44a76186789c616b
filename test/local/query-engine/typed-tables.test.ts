import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prestoView } from '../../../lib/queries/presto-view.ts';
import { aLake, lakeBucket, lakeDatabase } from '../../support/a-lake.ts';
import type { Lake } from '../../support/a-lake.ts';

const columns = [
  { Name: 'event_id', Type: 'string' },
  { Name: 'event_type', Type: 'string' },
  { Name: 'event_at', Type: 'timestamp' },
  { Name: 'price', Type: 'decimal(18,4)' },
  { Name: 'level_id', Type: 'string' },
];
const keys = [
  { Name: 'application_id', Type: 'string' },
  { Name: 'event_date', Type: 'date' },
];
const days = ['2026-03-08', '2026-03-09', '2026-03-10'];
const games = ['game-a', 'game-b'];

/** 4,096 rows of each game and day in two row groups: type `a` in the first, `b` in the second. */
let lake: Lake;
beforeAll(async () => {
  lake = await aLake();
  lake.catalog.defineTable(lakeDatabase, {
    Name: 'events',
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: keys,
    StorageDescriptor: {
      Columns: columns,
      Location: `s3://${lakeBucket}/events/`,
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    },
  });
  defineView(
    'event_a',
    "SELECT CAST(event_id AS varchar) AS event_id, CAST(event_date AS date) AS event_date FROM events WHERE event_type = 'a'",
  );
  for (const game of games) for (const day of days) await writePartition(game, day);
});
afterAll(() => lake.stop());

function defineView(name: string, sql: string): void {
  lake.catalog.defineTable(lakeDatabase, {
    Name: name,
    TableType: 'VIRTUAL_VIEW',
    StorageDescriptor: {
      Columns: [
        { Name: 'event_id', Type: 'string' },
        { Name: 'event_date', Type: 'date' },
      ],
    },
    ViewOriginalText: prestoView({ sql, catalog: 'awsdatacatalog', schema: lakeDatabase, columns: [] }),
  });
}

async function writePartition(game: string, day: string): Promise<void> {
  const prefix = `events/application_id=${game}/event_date=${day}/run=jr_1/`;
  const folder = join(lake.objects.bucketPath(lakeBucket), prefix);
  mkdirSync(folder, { recursive: true });
  // The files of the first day are from before `level_id` was declared.
  const levels = day === days[0] ? '' : ", 'level ' || n AS level_id";
  await lake.writer.run(
    `COPY (SELECT '${game} ' || n AS event_id, CASE WHEN n < 2048 THEN 'a' ELSE 'b' END AS event_type,
       CAST(TIMESTAMP '${day} 00:00:00' + to_seconds(n) AS TIMESTAMPTZ) AS event_at, CAST(n / 100.0 AS DECIMAL(18, 4)) AS price${levels}
     FROM range(4096) AS numbers(n)) TO '${folder}part-00000.parquet' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  );
  // What a run left behind that was killed before it moved the partition.
  mkdirSync(join(folder, '../run=jr_0'), { recursive: true });
  await lake.writer.run(
    `COPY (SELECT 'orphan' AS event_id, 'a' AS event_type) TO '${join(folder, '../run=jr_0/part-00000.parquet')}' (FORMAT parquet)`,
  );
  await lake.catalog.putPartitions(lakeDatabase, 'events', [
    { Values: [game, day], StorageDescriptor: { Location: `s3://${lakeBucket}/${prefix}` } },
  ]);
}

const ask = async (where: string, what = 'count(event_id)', from = 'events') => {
  const { rows, scannedBytes } = await lake.query(`SELECT ${what} FROM ${from} WHERE ${where}`);
  return { answer: rows[0]?.[0], scannedBytes };
};

describe('query engine over typed tables', () => {
  it('reads where the catalog points to, and nothing beside it', async () => {
    expect((await ask('true')).answer).toBe(String(6 * 4096));
    expect((await ask("event_id = 'orphan'")).answer).toBe('0');
  });

  it('has null in columns that older files lack, with the type of the table', async () => {
    const { rows, columns: types } = await lake.query(
      "SELECT event_date, level_id, price, event_at FROM events WHERE application_id = 'game-a' AND event_id = 'game-a 150' ORDER BY 1",
    );
    expect(types.map(({ type, precision, scale }) => [type, precision, scale])).toEqual([
      ['date', 0, 0],
      ['varchar', 2_147_483_647, 0],
      ['decimal', 18, 4],
      ['timestamp', 3, 0],
    ]);
    expect(rows).toEqual(
      days.map((day, n) => [day, n === 0 ? undefined : 'level 150', '1.5000', `${day} 00:02:30.000`]),
    );
  });

  it.each([
    ["event_date = DATE '2026-03-10'", 2],
    ["event_date BETWEEN DATE '2026-03-09' AND DATE '2026-03-10'", 4],
    ["event_date >= DATE '2026-03-09'", 4],
    ["event_date > current_date - INTERVAL '22' DAY", 2],
    ["application_id = 'game-b'", 3],
    ["application_id LIKE '%'", 6],
    ["application_id LIKE 'game-b%' AND event_date = DATE '2026-03-10'", 1],
    ["application_id IN ('game-a', 'game-c')", 3],
    ["(application_id = 'game-a' OR event_date = DATE '2026-03-10')", 4],
  ])('reads only the partitions that WHERE leaves: %s', async (where, partitions) => {
    const all = (await ask('true')).scannedBytes;
    const { answer, scannedBytes } = await ask(where);
    expect(answer).toBe(String(partitions * 4096));
    expect(Math.round((scannedBytes / all) * 6)).toBe(partitions);
  });

  it.each([
    ["event_type = 'a'", 1],
    ["'b' = event_type", 1],
    ["event_type IN ('b', 'c')", 1],
    ["event_type IN ('a', 'b')", 2],
    ["event_type = 'a' OR event_type = '0'", 1],
    ["event_type <> 'a'", 2],
    ["event_type > 'a'", 1],
    ["event_type = 'z'", 0],
    ['price < 20', 1],
    ['price BETWEEN 10 AND 20.47', 1],
    ['price > -1', 2],
    ["level_id = 'level 0'", 1],
    ["event_at >= TIMESTAMP '2026-03-10 00:34:08'", 1],
  ])('counts the row groups whose least and greatest values let pass: %s', async (where, groups) => {
    const day = "event_date = DATE '2026-03-10' AND";
    // The same columns, by a condition that says nothing of one value.
    const every = (await ask(`${day} coalesce(${where}, false)`)).scannedBytes;
    const some = (await ask(`${day} (${where})`)).scannedBytes;
    expect(Math.round((some / every) * 2)).toBe(groups);
  });

  it('prunes below a view that casts what it shows', async () => {
    const all = await ask('true', 'count(event_id)', 'event_a');
    const day = await ask("event_date = DATE '2026-03-10'", 'count(event_id)', 'event_a');
    expect([all.answer, day.answer]).toEqual([String(6 * 2048), String(2 * 2048)]);
    expect(Math.round((day.scannedBytes / all.scannedBytes) * 3)).toBe(1);
    const table = await ask('true');
    expect(Math.round((all.scannedBytes / table.scannedBytes) * 2)).toBe(1);
  });

  it('sums decimals exactly, with the digits that Athena gives them', async () => {
    const { rows, columns: types } = await lake.query(
      "SELECT sum(price), max(price) FROM events WHERE event_date = DATE '2026-03-10'",
    );
    expect(rows).toEqual([['167731.2000', '40.9500']]);
    expect(types.map(({ type, precision, scale }) => [type, precision, scale])).toEqual([
      ['decimal', 38, 4],
      ['decimal', 18, 4],
    ]);
  });
});
