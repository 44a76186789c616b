import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aLake, lakeBucket, lakeDatabase } from '../support/a-lake.ts';
import type { Lake } from '../support/a-lake.ts';
import { aRawRow } from '../support/a-raw-row.ts';

let lake: Lake;
beforeAll(async () => {
  lake = await aLake();
  lake.catalog.defineDatabase('other', {});
});
beforeEach(() => {
  lake.clock.now = Date.parse('2026-03-31T23:30:00Z');
  lake.clear();
});
afterAll(() => lake.stop());

const columnNames = async (sql: string) => (await lake.query(sql)).columns.map(({ name }) => name);

const part = (day: string, type: string) =>
  `SELECT event_type, event_at FROM raw_events WHERE ingest_date = '${day}' AND event_type = '${type}'`;

const count = async (sql: string) => (await lake.query(sql)).rows[0]?.[0];

describe('query engine', () => {
  it('answers from a table without files, with its types', async () => {
    const { columns, rows } = await lake.query('SELECT event_id, event_at, event_timestamp, original FROM raw_events');
    expect(columns.map(({ name, type }) => [name, type])).toEqual([
      ['event_id', 'varchar'],
      ['event_at', 'timestamp'],
      ['event_timestamp', 'double'],
      ['original', 'array'],
    ]);
    expect(rows).toEqual([]);
  });

  it('names columns that a query leaves unnamed as Athena does, by their position', async () => {
    expect(
      await columnNames('SELECT 1 / 2, event_id, count(*) AS n, max(event_at) FROM raw_events GROUP BY event_id'),
    ).toEqual(['_col0', 'event_id', 'n', '_col3']);
    expect(await columnNames('SELECT 1 UNION ALL SELECT 2 AS n')).toEqual(['_col0']);
  });

  it('joins an array to one text', async () => {
    await lake.write([aRawRow({ rejected: 'invalid_timestamp' })]);
    const { rows } = await lake.query(
      "SELECT array_join(original, ''), array_join(ARRAY['a', 'b'], '-') FROM raw_events",
    );
    expect(rows).toEqual([['{}', 'a-b']]);
  });

  it('reads times the same, whether Firehose wrote them or we did', async () => {
    const row = aRawRow({ event_at: '2026-03-10 12:34:56.789' });
    await lake.write([row]);
    await lake.write([row], { times: 'zoned' });
    const { columns, rows } = await lake.query('SELECT event_at, received_at FROM raw_events');
    expect(columns.map(({ type }) => type)).toEqual(['timestamp', 'timestamp']);
    expect(rows).toEqual([
      ['2026-03-10 12:34:56.789', '2026-03-10 12:34:57.789'],
      ['2026-03-10 12:34:56.789', '2026-03-10 12:34:57.789'],
    ]);
  });

  it('has null where an older file lacks a column, also when no file has it', async () => {
    await lake.write([aRawRow({ player_id: 'p1' })]);
    await lake.write([aRawRow({ player_id: 'p2' })], { without: ['player_id', 'country'] });
    const { rows } = await lake.query('SELECT player_id, country FROM raw_events ORDER BY player_id');
    expect(rows).toEqual([
      ['p1', undefined],
      [undefined, undefined],
    ]);
  });

  it('sees a file as soon as it is there, and no hidden ones', async () => {
    expect(await count('SELECT count(*) FROM raw_events')).toBe('0');
    await lake.write([aRawRow()]);
    const folder = join(lake.objects.bucketPath(lakeBucket), 'raw_events/ingest_date=2026-03-10');
    writeFileSync(join(folder, '_temporary.parquet'), 'not parquet');
    writeFileSync(join(folder, '.hidden.parquet'), 'not parquet');
    expect(await count('SELECT count(*) FROM raw_events')).toBe('1');
  });

  it('reads only the folders within the projected range', async () => {
    await lake.write([aRawRow(), aRawRow({ ingest_date: '2024-01-01' }), aRawRow({ ingest_date: '2026-04-02' })]);
    expect(await count('SELECT count(*) FROM raw_events')).toBe('1');
    lake.clock.now = Date.parse('2026-04-01T00:00:00Z');
    expect(await count('SELECT count(*) FROM raw_events')).toBe('2');
  });

  it.each([
    ["ingest_date = '2026-03-10'", 1],
    ["ingest_date IN ('2026-03-10', '2026-03-11')", 2],
    ["ingest_date BETWEEN '2026-03-11' AND '2026-03-12' AND event_type = 'login'", 2],
    ["ingest_date >= CAST(current_date - INTERVAL '20' DAY AS varchar)", 2],
    ["raw_events.ingest_date > '2026-03-11'", 1],
    ["(ingest_date = '2026-03-10' OR event_type = 'x')", 3],
    ["event_type = 'login'", 3],
  ])('leaves out what WHERE excludes: %s', async (where, days) => {
    await lake.write(['2026-03-10', '2026-03-11', '2026-03-12'].map((day) => aRawRow({ ingest_date: day })));
    const all = (await lake.query('SELECT event_id, event_type FROM raw_events')).scannedBytes;
    const { scannedBytes } = await lake.query(`SELECT event_id, event_type FROM raw_events WHERE ${where}`);
    expect(Math.round((scannedBytes / all) * 3)).toBe(days);
  });

  it('prunes below a view that only filters, and not below one that ranks', async () => {
    const days = ['2026-03-10', '2026-03-11'];
    await lake.write(
      days.flatMap((day) => [aRawRow({ ingest_date: day }), aRawRow({ ingest_date: day, rejected: 'x' })]),
    );
    const bytes = async (sql: string) => (await lake.query(sql)).scannedBytes;
    for (const [view, isPruned] of [
      ['rejected_events', true],
      ['recent_events', false],
    ] as const) {
      const all = await bytes(`SELECT event_id, ingest_date FROM ${view}`);
      const day = await bytes(`SELECT event_id, ingest_date FROM ${view} WHERE ingest_date = '2026-03-10'`);
      expect(Math.round((day / all) * 2)).toBe(isPruned ? 1 : 2);
    }
  });

  it('reads one table several times, from the same folders and from others, and counts what each leaves out', async () => {
    await lake.write([aRawRow({ event_at: '2026-03-10 12:00:00', event_type: 'a' })]);
    await lake.write([aRawRow({ event_at: '2026-03-11 12:00:00', event_type: 'b' })]);
    const read = async (...parts: readonly string[]) => lake.query(`${parts.join(' UNION ALL ')} ORDER BY event_at`);
    const { rows, scannedBytes } = await read(
      part('2026-03-10', 'a'),
      part('2026-03-11', 'a'),
      part('2026-03-11', 'b'),
      part('2026-03-10', 'a'),
    );
    expect(rows.map(([type]) => type)).toEqual(['a', 'a', 'b']);
    const days = await Promise.all([read(part('2026-03-10', 'a')), read(part('2026-03-11', 'b'))]);
    expect(scannedBytes).toBe(days.reduce((sum, day) => sum + day.scannedBytes, 0));
  });

  it.each([
    ["event_at >= TIMESTAMP '2026-03-11 00:00:00'", 3],
    ["event_at > DATE '2026-03-11'", 2],
    ["DATE '2026-03-11' >= event_at", 2],
    ["event_at = TIMESTAMP '2026-03-11 23:59:59.999'", 1],
    ["event_at BETWEEN TIMESTAMP '2026-03-11 00:00:00' AND TIMESTAMP '2026-03-12 00:00:00'", 3],
    ["CAST(event_at AS date) = DATE '2026-03-11'", 2],
    ["CAST(event_at AS date) > DATE '2026-03-11'", 1],
    ["CAST(event_at AS date) >= DATE '2026-03-11'", 3],
    ["CAST(event_at AS date) < DATE '2026-03-11'", 1],
    ["CAST(event_at AS date) <= DATE '2026-03-11'", 3],
    ["CAST(event_at AS date) BETWEEN DATE '2026-03-10' AND DATE '2026-03-11'", 3],
    ["CAST(event_at AS timestamp) < TIMESTAMP '2026-03-11 23:59:59.999'", 2],
    ["CAST(event_at AS varchar) >= '2026-03-11 23'", 2],
    ["NOT event_at >= TIMESTAMP '2026-03-11 00:00:00'", 1],
    ["event_at < DATE '2026-03-11' OR event_at > TIMESTAMP '2026-03-11 23:59:59.999'", 2],
    ["event_at >= DATE '2026-03-11' AND event_at < DATE '2026-03-12'", 2],
  ])('finds by time the rows that are there, whoever wrote them: %s', async (where, found) => {
    const rows = [
      '2026-03-10 23:59:59.999',
      '2026-03-11 00:00:00',
      '2026-03-11 23:59:59.999',
      '2026-03-12 00:00:00',
    ].map((event_at) => aRawRow({ event_at, ingest_date: '2026-03-11' }));
    await lake.write(rows);
    const sql = `SELECT event_at FROM raw_events WHERE ${where}`;
    expect((await lake.query(sql)).rows).toHaveLength(found);
    await lake.write(rows, { times: 'zoned' });
    expect((await lake.query(sql)).rows).toHaveLength(found * 2);
    lake.clear();
    for (const row of rows) await lake.write([row], { times: 'zoned' });
    const { rows: read, scannedBytes } = await lake.query(sql);
    expect(read).toHaveLength(found);
    // As many files as have such a row count, where a comparison says so.
    const all = await lake.query('SELECT event_at FROM raw_events');
    const isCompared = !/^NOT|varchar/.test(where);
    expect(Math.round((scannedBytes / all.scannedBytes) * 4)).toBe(isCompared ? found : 4);
  });

  it('compares times in each reading of a table by itself', async () => {
    await lake.write(
      ['2026-03-10 12:00:00', '2026-03-11 12:00:00'].map((event_at) =>
        aRawRow({ event_at, ingest_date: '2026-03-11' }),
      ),
      { times: 'zoned' },
    );
    const before = "SELECT count(*) AS events FROM raw_events WHERE event_at < TIMESTAMP '2026-03-11 00:00:00'";
    const since = "SELECT count(*) AS events FROM raw_events WHERE event_at >= TIMESTAMP '2026-03-10 00:00:00'";
    expect((await lake.query(`${before} UNION ALL ${since} ORDER BY events`)).rows).toEqual([['1'], ['2']]);
    const joined = `SELECT count(*) FROM raw_events AS a JOIN raw_events AS b ON a.event_at <> b.event_at
      WHERE a.event_at < TIMESTAMP '2026-03-11 00:00:00'`;
    expect(await count(joined)).toBe('1');
  });

  it('has no time that matches where no file has the column', async () => {
    await lake.write([aRawRow()], { without: ['event_at'] });
    expect(await count("SELECT count(*) FROM raw_events WHERE event_at > DATE '2026-01-01'")).toBe('0');
    expect(await count('SELECT count(*) FROM raw_events WHERE event_at IS NULL')).toBe('1');
  });

  it('does not prune one side of an outer join', async () => {
    await lake.write([aRawRow({ event_id: 'a', ingest_date: '2026-03-10' })]);
    const sql = `SELECT count(*) FROM (VALUES ('a')) AS ids(id)
      LEFT JOIN raw_events ON raw_events.event_id = ids.id
      WHERE raw_events.ingest_date IS NULL`;
    expect(await count(sql)).toBe('0');
  });

  it('counts bytes against the limit before it reads', async () => {
    await lake.write([aRawRow()]);
    await expect(lake.query('SELECT event_id FROM raw_events', { scanLimitBytes: 10 })).rejects.toThrow(
      'Bytes scanned limit',
    );
    await expect(lake.query('SELECT 1 AS x', { scanLimitBytes: 10 })).resolves.toMatchObject({ rows: [['1']] });
  });

  it('counts the bytes of the columns that are touched', async () => {
    const padding = 'x'.repeat(5_000);
    await lake.write(Array.from({ length: 50 }, (_, n) => aRawRow({ event_data: { padding: `${padding}${n}` } })));
    const bytes = async (columns: string, rest = '') =>
      (await lake.query(`SELECT ${columns} FROM raw_events ${rest}`)).scannedBytes;
    expect(await bytes('event_type')).toBeLessThan(200);
    expect(await bytes('event_data')).toBeGreaterThan(5_000);
    expect(await bytes('event_type', "WHERE event_data LIKE '%49%'")).toBeGreaterThan(5_000);
  });

  it('reads a registered table where its partitions point to, and follows a switch', async () => {
    await lake.write([aRawRow({ event_id: 'old' })]);
    await lake.write([aRawRow({ event_id: 'new', ingest_date: '2026-03-11' })]);
    const StorageDescriptor = {
      Columns: [{ Name: 'event_id', Type: 'string' }],
      Location: `s3://${lakeBucket}/events/`,
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    };
    lake.catalog.defineTable('other', {
      Name: 'events',
      StorageDescriptor,
      PartitionKeys: [{ Name: 'event_date', Type: 'date' }],
    });
    const point = (day: string) =>
      lake.catalog.putPartitions('other', 'events', [
        {
          Values: ['2026-01-01'],
          StorageDescriptor: { Location: `s3://${lakeBucket}/raw_events/ingest_date=${day}/` },
        },
      ]);
    await point('2026-03-10');
    expect((await lake.query('SELECT event_id, event_date FROM other.events')).rows).toEqual([['old', '2026-01-01']]);
    await point('2026-03-11');
    expect((await lake.query("SELECT event_id FROM other.events WHERE event_date < DATE '2026-02-01'")).rows).toEqual([
      ['new'],
    ]);
    expect(
      (await lake.query("SELECT event_id FROM other.events WHERE event_date > DATE '2026-02-01'")).scannedBytes,
    ).toBe(0);
  });

  it.each([
    ["SELECT * FROM read_csv('/etc/passwd')", /NOT_SUPPORTED/],
    ["SELECT * FROM read_text('/etc/passwd')", /NOT_SUPPORTED/],
    ["SELECT * FROM a JOIN glob('/**') ON 1 = 1", /NOT_SUPPORTED/],
    ["SELECT 1 FROM raw_events, (raw_events CROSS JOIN read_csv('/etc/passwd'))", /./],
    ["SELECT * FROM '/etc/passwd'", /TABLE_NOT_FOUND/],
    ['SELECT * FROM "/etc/passwd"', /TABLE_NOT_FOUND/],
    ['SELECT * FROM duckdb_settings', /TABLE_NOT_FOUND/],
    ['SELECT * FROM information_schema.character_sets', /TABLE_NOT_FOUND/],
    ["SELECT (SELECT count(*) FROM read_csv('/etc/passwd')) AS x", /NOT_SUPPORTED/],
    ["SELECT 1 AS x WHERE EXISTS (SELECT 1 FROM read_csv('/etc/passwd'))", /NOT_SUPPORTED/],
    ["WITH x AS (SELECT * FROM read_csv('/etc/passwd')) SELECT * FROM x", /NOT_SUPPORTED/],
    ["COPY (SELECT 1) TO '/tmp/x'", /NOT_SUPPORTED/],
    ["ATTACH '/tmp/x.db'", /NOT_SUPPORTED/],
    ['INSTALL httpfs', /./],
    ['SET threads = 1', /NOT_SUPPORTED/],
    ['PRAGMA database_list', /NOT_SUPPORTED/],
    ['DROP TABLE raw_events', /NOT_SUPPORTED/],
    ['INSERT INTO raw_events SELECT 1', /NOT_SUPPORTED/],
    ['CREATE TABLE x AS SELECT 1 AS y', /NOT_SUPPORTED/],
    ['SELECT 1 AS x; SELECT 2 AS x', /Only one sql statement is allowed/],
    ['', /Only one sql statement is allowed|SYNTAX_ERROR/],
  ])('does not run %s', async (sql, message) => {
    await expect(lake.query(sql)).rejects.toThrow(message);
  });

  it('cannot read a file beside the lake even if a view asks for it', async () => {
    const secret = join(lake.root, 'secret.parquet');
    await lake.writer.run(`COPY (SELECT 'secret' AS event_id) TO '${secret}' (FORMAT parquet)`);
    mkdirSync(join(lake.objects.bucketPath(lakeBucket), 'out'), { recursive: true });
    lake.catalog.defineTable('other', {
      Name: 'outside',
      TableType: 'VIRTUAL_VIEW',
      ViewOriginalText: `/* Presto View: ${Buffer.from(
        JSON.stringify({ originalSql: `SELECT * FROM read_parquet('${secret}')`, schema: lakeDatabase }),
      ).toString('base64')} */`,
    });
    await expect(lake.query('SELECT * FROM other.outside')).rejects.toThrow(/NOT_SUPPORTED/);
  });

  it('lets a name of WITH hide a table, and the table still be read for it', async () => {
    await lake.write([aRawRow(), aRawRow()]);
    const sql = 'WITH raw_events AS (SELECT event_id FROM raw_events LIMIT 1) SELECT count(*) FROM raw_events';
    expect(await count(sql)).toBe('1');
  });

  it.each(['playlake.raw_events', 'awsdatacatalog.playlake.raw_events', '"playlake"."raw_events" AS r', 'RAW_EVENTS'])(
    'finds %s',
    async (name) => {
      expect(await count(`SELECT count(*) FROM ${name}`)).toBe('0');
    },
  );

  it('runs SQL by hand that reports may not use', async () => {
    await lake.write([aRawRow({ player_id: 'p1' }), aRawRow({ player_id: 'p2' })]);
    const sql = `SELECT approx_distinct(player_id), max_by(player_id, event_id), count_if(player_id = 'p1'),
      date_add('day', 1, DATE '2026-03-10'), date_format(TIMESTAMP '2026-03-10 12:34:56', '%Y-%m-%d %H:%i'),
      from_unixtime(0), count(*) FILTER (WHERE player_id = 'p2') FROM raw_events`;
    const [row] = (await lake.query(sql)).rows;
    expect(row?.slice(0, 3)).toEqual(['2', 'p2', '1']);
    expect(row?.[4]).toBe('2026-03-10 12:34');
    expect(row?.[6]).toBe('1');
  });

  it('answers SHOW and DESCRIBE from the catalog', async () => {
    expect((await lake.query('SHOW TABLES')).rows.flat()).toEqual([
      'raw_events',
      'recent_events',
      'rejected_events',
      'replayed_events',
    ]);
    expect((await lake.query("show tables in playlake 'r*d_events'")).rows.flat()).toEqual([
      'rejected_events',
      'replayed_events',
    ]);
    expect((await lake.query('SHOW VIEWS')).rows.flat()).toEqual([
      'recent_events',
      'rejected_events',
      'replayed_events',
    ]);
    expect((await lake.query('SHOW DATABASES')).rows.flat()).toEqual(['other', 'playlake']);
    const described = (await lake.query('DESCRIBE playlake.raw_events')).rows.flat();
    expect(described[5]?.split(/\s+/).slice(0, 2)).toEqual(['event_at', 'timestamp']);
    expect(described.at(-1)?.startsWith('ingest_date')).toBe(true);
    expect((await lake.query('SHOW PARTITIONS raw_events')).rows).toEqual([]);
    await expect(lake.query('DESCRIBE nothing')).rejects.toThrow(/Table not found/);
  });

  it('answers information_schema from the catalog', async () => {
    const tables = await lake.query(
      "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'playlake' ORDER BY table_name",
    );
    expect(tables.rows).toEqual([
      ['raw_events', 'BASE TABLE'],
      ['recent_events', 'VIEW'],
      ['rejected_events', 'VIEW'],
      ['replayed_events', 'VIEW'],
    ]);
    const columns = await lake.query(
      "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'raw_events' AND ordinal_position IN (6, 18, 20) ORDER BY ordinal_position",
    );
    expect(columns.rows).toEqual([
      ['event_at', 'timestamp(3)'],
      ['original', 'array(varchar)'],
      ['ingest_date', 'varchar'],
    ]);
    const schemata = await lake.query('SELECT schema_name FROM information_schema.schemata ORDER BY schema_name');
    expect(schemata.rows.flat()).toEqual(['other', 'playlake']);
  });

  it('stops a query that is called off', async () => {
    const controller = new AbortController();
    const endless = lake.query(
      'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 1000000000) SELECT sum(n) FROM t',
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(), 50);
    await expect(endless).rejects.toThrow(/USER_CANCELED|INTERRUPT/i);
  });
});
