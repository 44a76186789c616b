import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createCatalog } from '../../local/catalog.ts';
import { createObjectStore } from '../../local/object-store.ts';
import { createQueryEngine } from '../../local/query-engine.ts';
import type { QueryRequest } from '../../local/query-engine.ts';
import type { AthenaColumn } from '../../local/athena-values.ts';
import { athenaType } from '../../lib/schemas/lake-column.ts';
import { ingestDate, rawEventColumns, rawEventViews } from '../../lib/schemas/raw-events.ts';
import { prestoView } from '../../lib/queries/presto-view.ts';
import type { PartitionedRow } from './a-raw-row.ts';

export const lakeBucket = 'lake';
export const lakeDatabase = 'playlake';

export interface Answer {
  readonly columns: readonly AthenaColumn[];
  readonly rows: readonly (readonly (string | undefined)[])[];
  readonly scannedBytes: number;
}

export type WriteOptions = {
  /** Writes times as Firehose does (INT96) or with a zone, as we do; default `firehose`. */
  readonly times?: 'firehose' | 'zoned';
  /** Columns that the file lacks, as one written before they were added. */
  readonly without?: readonly string[];
};

/** A lake with the raw table and its views as the template has them, in a folder of its own, and the engine over it. */
export async function aLake({ now = '2026-03-31T12:00:00Z' } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'playlake-lake-'));
  const clock = { now: Date.parse(now) };
  const read = () => clock.now;
  const objects = createObjectStore({ root, clock: read });
  const catalog = createCatalog({ dataDir: root, clock: read });
  const engine = createQueryEngine({ catalog, objects, dataDir: root, clock: read });
  await objects.createBucket(lakeBucket);
  catalog.defineDatabase(lakeDatabase, {});
  defineTables(catalog);
  const writer = await (await DuckDBInstance.create(':memory:')).connect();
  await writer.run("SET TimeZone = 'UTC'");
  let files = 0;

  return {
    root,
    clock,
    objects,
    catalog,
    engine,
    writer,
    /** Writes rows as one Parquet file for each day of arrival, as plain files: an object is one. */
    async write(rows: readonly PartitionedRow[], options: WriteOptions = {}): Promise<void> {
      for (const [day, part] of byDay(rows)) {
        files += 1;
        const json = join(root, `rows-${files}.json`);
        writeFileSync(json, part.map(({ row }) => JSON.stringify(row)).join('\n'));
        const folder = join(objects.bucketPath(lakeBucket), 'raw_events', `ingest_date=${day}`);
        mkdirSync(folder, { recursive: true });
        await writer.run(copyStatement(json, join(folder, `stream-1-${files}.parquet`), options));
      }
    },
    /** Removes every raw file. */
    clear(): void {
      rmSync(join(objects.bucketPath(lakeBucket), 'raw_events'), { recursive: true, force: true });
    },
    async query(sql: string, request: Partial<QueryRequest> = {}): Promise<Answer> {
      const { columns, batches, scannedBytes } = await engine.run({ sql, database: lakeDatabase, ...request });
      const rows: (readonly (string | undefined)[])[] = [];
      for await (const batch of batches) rows.push(...batch);
      return { columns, rows, scannedBytes };
    },
    async stop(): Promise<void> {
      writer.closeSync();
      await engine.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export type Lake = Awaited<ReturnType<typeof aLake>>;

function defineTables(catalog: ReturnType<typeof createCatalog>): void {
  catalog.defineTable(lakeDatabase, {
    Name: 'raw_events',
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: [{ Name: ingestDate.name, Type: ingestDate.type }],
    Parameters: {
      'projection.enabled': 'true',
      'projection.ingest_date.type': 'date',
      'projection.ingest_date.format': 'yyyy-MM-dd',
      'projection.ingest_date.range': 'NOW-400DAYS,NOW+1DAYS',
      'projection.ingest_date.interval': '1',
      'projection.ingest_date.interval.unit': 'DAYS',
      'storage.location.template': `s3://${lakeBucket}/raw_events/ingest_date=\${ingest_date}/`,
    },
    StorageDescriptor: {
      Columns: rawEventColumns.map(({ name, type }) => ({ Name: name, Type: type })),
      Location: `s3://${lakeBucket}/raw_events/`,
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    },
  });
  for (const { name, file, columns } of rawEventViews) {
    catalog.defineTable(lakeDatabase, {
      Name: name,
      TableType: 'VIRTUAL_VIEW',
      Parameters: { presto_view: 'true' },
      StorageDescriptor: { Columns: columns.map((column) => ({ Name: column.name, Type: column.type })) },
      ViewOriginalText: prestoView({
        sql: readFileSync(join(import.meta.dirname, '../../lib/queries/views', file), 'utf8'),
        catalog: 'awsdatacatalog',
        schema: lakeDatabase,
        columns: columns.map((column) => ({ name: column.name, type: athenaType(column.type) })),
      }),
    });
  }
}

function byDay(rows: readonly PartitionedRow[]): Map<string, PartitionedRow[]> {
  const days = new Map<string, PartitionedRow[]>();
  for (const row of rows) days.set(row.ingestDate, [...(days.get(row.ingestDate) ?? []), row]);
  return days;
}

const parquetTypes = {
  string: 'VARCHAR',
  double: 'DOUBLE',
  timestamp: 'TIMESTAMP',
  'array<string>': 'VARCHAR[]',
} as const;

function copyStatement(json: string, parquet: string, { times = 'firehose', without = [] }: WriteOptions): string {
  const types = rawEventColumns.map(({ name, type }) => `${name}: '${parquetTypes[type]}'`).join(', ');
  const list = rawEventColumns
    .filter(({ name }) => !without.includes(name))
    .map(({ name, type }) =>
      type === 'timestamp' && times === 'zoned' ? `CAST(${name} AS TIMESTAMPTZ) AS ${name}` : name,
    );
  const source = `read_json('${json}', format = 'newline_delimited', columns = {${types}})`;
  return `COPY (SELECT ${list.join(', ')} FROM ${source}) TO '${parquet}' (FORMAT parquet, COMPRESSION snappy)`;
}
