import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { eventsJobPlan } from '../../../lib/etl/events-job-plan.ts';
import type { TypedColumn } from '../../../lib/schemas/event-columns.ts';
import { eventsColumns, eventsPartitionKeys } from '../../../lib/schemas/events-table.ts';
import type { LakeColumn } from '../../../lib/schemas/lake-column.ts';
import { playerTables } from '../../../lib/schemas/player-tables.ts';
import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { findTable } from '../../../local/aws-api/glue/inputs.ts';
import { partitionIndexActions } from '../../../local/aws-api/glue/partition-indexes.ts';
import { partitionActions } from '../../../local/aws-api/glue/partitions.ts';
import { tableChangeActions } from '../../../local/aws-api/glue/tables.ts';
import { jsonProtocol, type AwsProtocol, type JsonAction } from '../../../local/aws-api/protocol.ts';
import { s3Protocol } from '../../../local/aws-api/s3.ts';
import { createCatalog } from '../../../local/catalog.ts';
import { createObjectStore, type LocalObjectStore } from '../../../local/object-store.ts';
import { anAwsEndpoint } from '../../support/an-aws-endpoint.ts';
import type { PartitionedRow } from '../../support/a-raw-row.ts';
import type { SparkTarget } from './spark-settings.ts';

/** One row of a table, as DuckDB prints it: what is text compares the same whoever wrote it. */
export type TextRow = Readonly<Record<string, string | null>>;

/** A lake of its own in an endpoint that several tests share: bucket, tables as the template has them, and a plan. */
export interface SparkLake {
  readonly bucket: string;
  readonly objects: LocalObjectStore;
  readonly catalog: ReturnType<typeof createCatalog>;
  readonly database: string;
  /** The job's arguments; `changes` adds to them. */
  args(changes?: Readonly<Record<string, string>>): Record<string, string>;
  /** Puts the plan of other typed columns in the place of the lake's own. */
  writePlan(columns: readonly TypedColumn[]): Promise<void>;
  /** Writes rows as one raw object per day of arrival, with times as the laptop writes them; returns their keys. */
  writeRaw(...rows: readonly PartitionedRow[]): Promise<string[]>;
  /** All rows of a table through its partitions, in an order of their own, every value as text. */
  rows(table: string, columns?: string): Promise<TextRow[]>;
  /** Keys and ETags of all objects below some prefixes. */
  fingerprint(...prefixes: readonly string[]): Promise<Record<string, string>>;
  /** Where partitions are: location by values. */
  locations(table: string): Record<string, string>;
  /** Keys of the partition indexes of a table. */
  indexes(table: string): readonly (readonly string[])[];
  manifest(): Promise<Manifest>;
  /** The file that an object is. */
  path(key: string): string;
  /** Rows of a DuckDB statement, every value as text. */
  query(sql: string): Promise<TextRow[]>;
}

export interface Manifest {
  readonly taken_before: string;
  readonly objects: readonly string[];
  readonly skipped: readonly { readonly object: string; readonly error: string }[];
  readonly growing: readonly { readonly application_id: string; readonly event_date: string }[];
  readonly retired: readonly { readonly prefix: string; readonly at: string }[];
}

export interface SparkLakes {
  readonly folder: string;
  readonly target: SparkTarget;
  /** Each action and resource that was called so far. */
  readonly calls: readonly (readonly [action: string, resource: string])[];
  /** Told of every call of Glue before it is done; what it awaits holds the call up. */
  beforeGlue: (action: string) => Promise<void> | void;
  create(columns?: readonly TypedColumn[]): Promise<SparkLake>;
  stop(): Promise<void>;
}

/**
 * The laptop's S3 and Glue on a port of their own, for any number of lakes.
 * @param others more services at the same address, whose data may lie in the folder
 */
export async function sparkLakes(
  others: (folder: string) => Promise<readonly AwsProtocol[]> | readonly AwsProtocol[] = () => [],
): Promise<SparkLakes> {
  const folder = mkdtempSync(join(tmpdir(), 'playlake-spark-'));
  const objects = createObjectStore({ root: folder, clock: Date.now });
  const catalog = createCatalog({ dataDir: folder });
  const settings = { region: 'eu-central-1', accountId: '000000000000', clock: Date.now };
  const changes = tableChangeActions(catalog, { ...settings, objects });
  const glue = glueCatalog(catalog, changes, (action) => lakes.beforeGlue(action));
  const endpoint = await anAwsEndpoint(s3Protocol(objects, settings), glue, ...(await others(folder)));
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  await duckdb.run("SET TimeZone = 'UTC'");
  let count = 0;
  const lakes: SparkLakes = {
    folder,
    calls: endpoint.authorized,
    beforeGlue: () => undefined,
    target: { url: endpoint.url, region: settings.region, ...endpoint.clientConfig.credentials },
    async create(columns = readEventCatalogue().columns) {
      count += 1;
      const names = { bucket: `lake-${count}`, database: `database_${count}` };
      await objects.createBucket(names.bucket);
      catalog.defineDatabase(names.database, {});
      const define = (name: string, all: readonly LakeColumn[], keys: readonly LakeColumn[]): void =>
        void catalog.defineTable(names.database, glueTable(name, `s3://${names.bucket}/${name}/`, all, keys));
      define('events', eventsColumns(columns), eventsPartitionKeys);
      for (const table of playerTables) define(table.name, table.columns, table.partitionKeys);
      const lake = aSparkLake({ ...names, folder, objects, catalog, duckdb });
      await lake.writePlan(columns);
      return lake;
    },
    async stop() {
      await endpoint.close();
      duckdb.closeSync();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return lakes;
}

/** As much of Glue as a job uses; a whole one has workflows too. */
function glueCatalog(
  catalog: ReturnType<typeof createCatalog>,
  tableChanges: Readonly<Record<string, JsonAction>>,
  before: SparkLakes['beforeGlue'],
): AwsProtocol {
  const actions: Readonly<Record<string, JsonAction>> = {
    GetTable: async (input, request) => ({ Table: findTable(catalog, input, request, 'GetTable') }),
    // No other job runs here.
    GetJobRuns: async () => ({ JobRuns: [] }),
    ...tableChanges,
    ...partitionActions(catalog, Date.now),
    ...partitionIndexActions(catalog, catalog.partitionIndexes),
  };
  const told = Object.entries(actions).map(([name, action]): [string, JsonAction] => [
    name,
    async (input, request) => {
      await before(name);
      return action(input, request);
    },
  ]);
  return jsonProtocol('glue', Object.fromEntries(told));
}

interface Parts {
  readonly bucket: string;
  readonly database: string;
  readonly folder: string;
  readonly objects: LocalObjectStore;
  readonly catalog: ReturnType<typeof createCatalog>;
  readonly duckdb: DuckDBConnection;
}

function aSparkLake({ bucket, database, folder, objects, catalog, duckdb }: Parts): SparkLake {
  let files = 0;
  let runs = 0;
  const query = async (sql: string): Promise<TextRow[]> => {
    const rows = (await duckdb.runAndReadAll(sql)).getRowObjectsJson();
    return rows as TextRow[];
  };
  const path = (key: string): string => join(objects.bucketPath(bucket), key);
  return {
    path,
    query,
    bucket,
    objects,
    catalog,
    database,
    args(changes = {}) {
      runs += 1;
      return {
        JOB_NAME: 'process-events',
        JOB_RUN_ID: `jr_${runs}`,
        bucket,
        database,
        raw_prefix: 'raw_events',
        events_prefix: 'events',
        events_table: 'events',
        player_days_table: 'player_days',
        player_revenue_table: 'player_revenue',
        tmp_prefix: 'glue-tmp',
        manifest_key: 'state/process-events.json',
        plan: `s3://${bucket}/plan.json`,
        compression: 'zstd',
        table_format: 'PARQUET',
        ...changes,
      };
    },
    writePlan: async (columns) =>
      void (await objects.put(bucket, 'plan.json', Buffer.from(JSON.stringify(eventsJobPlan({ columns }))))),
    async writeRaw(...rows) {
      const keys: string[] = [];
      for (const day of new Set(rows.map(({ ingestDate }) => ingestDate))) {
        const part = rows.filter(({ ingestDate }) => ingestDate === day);
        files += 1;
        const json = join(folder, `${bucket}-${files}.json`);
        writeFileSync(json, part.map(({ row }) => JSON.stringify(row)).join('\n'));
        const key = `raw_events/ingest_date=${day}/stream-1-${String(files).padStart(4, '0')}.parquet`;
        mkdirSync(dirname(path(key)), { recursive: true });
        await duckdb.run(copyStatement(json, path(key)));
        keys.push(key);
      }
      return keys;
    },
    rows(table, columns = '*') {
      const keys = (catalog.table(database, table)?.PartitionKeys ?? []).map(({ Name }) => Name);
      const partitions = catalog.partitions(database, table).map(({ Values, StorageDescriptor }) => ({
        values: Values,
        folder: path(StorageDescriptor!.Location!.replace(`s3://${bucket}/`, '')),
      }));
      return partitionRows(query, keys, partitions, columns);
    },
    async fingerprint(...prefixes) {
      const found: Record<string, string> = {};
      for (const prefix of prefixes) {
        for await (const { key, etag, lastModified } of objects.list(bucket, prefix))
          found[key] = `${etag} ${lastModified}`;
      }
      return found;
    },
    locations: (table) =>
      Object.fromEntries(
        catalog
          .partitions(database, table)
          .map(({ Values, StorageDescriptor }) => [Values.join('/'), StorageDescriptor!.Location!]),
      ),
    indexes: (table) => catalog.partitionIndexes.of(database, table).map(({ Keys }) => Keys),
    manifest: async () =>
      JSON.parse((await objects.readAll(bucket, 'state/process-events.json'))!.toString()) as Manifest,
  };
}

/** All rows of the Parquet files in some folders, each of them one partition, in an order of their own, as text. */
export async function partitionRows(
  query: SparkLake['query'],
  keys: readonly string[],
  partitions: readonly { readonly values: readonly string[]; readonly folder: string }[],
  columns = '*',
): Promise<TextRow[]> {
  const all: TextRow[] = [];
  for (const { values, folder } of partitions) {
    const named = keys.map((key, at) => `${quote(values[at]!)} AS ${key}`).join(', ');
    const source = `SELECT *, ${named} FROM read_parquet(${quote(join(folder, '*.parquet'))}, hive_partitioning = false)`;
    all.push(...(await query(`SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (SELECT ${columns} FROM (${source}))`)));
  }
  return all.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A table of Parquet files as the template has it, for the catalog. */
export function glueTable(
  Name: string,
  Location: string,
  columns: readonly LakeColumn[],
  keys: readonly LakeColumn[],
): Record<string, unknown> {
  return {
    Name,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { classification: 'parquet', 'partition_filtering.enabled': 'true' },
    PartitionKeys: keys.map(toGlue),
    StorageDescriptor: {
      Columns: columns.map(toGlue),
      Location,
      InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
      SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    },
  };
}

const toGlue = ({ name, type }: LakeColumn): Record<string, string> => ({ Name: name, Type: type });

const parquetTypes = {
  string: 'VARCHAR',
  double: 'DOUBLE',
  timestamp: 'TIMESTAMP',
  'array<string>': 'VARCHAR[]',
} as const;

function copyStatement(json: string, parquet: string): string {
  const types = rawEventColumns.map(({ name, type }) => `${name}: '${parquetTypes[type]}'`).join(', ');
  const list = rawEventColumns.map(({ name, type }) =>
    type === 'timestamp' ? `CAST(${name} AS TIMESTAMPTZ) AS ${name}` : name,
  );
  const source = `read_json('${json}', format = 'newline_delimited', columns = {${types}})`;
  return `COPY (SELECT ${list.join(', ')} FROM ${source}) TO '${parquet}' (FORMAT parquet, COMPRESSION snappy)`;
}
