import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { accountsJobPlan } from '../../lib/etl/accounts-job-plan.ts';
import { accountTables, currentSnapshot, playerNames, snapshotKey } from '../../lib/schemas/account-tables.ts';
import { eventsPartitionKeys } from '../../lib/schemas/events-table.ts';
import { createCatalog } from '../../local/catalog.ts';
import type { JobAws, LocalJob } from '../../local/glue/job-runner.ts';
import { localJobs } from '../../local/glue/local-jobs.ts';
import { createObjectStore } from '../../local/object-store.ts';
import { accountColumns } from './account-columns.ts';
import type { StoredAccountEvent } from './account-histories.ts';
import type { AccountRow } from './independent-accounts.ts';
import { lakeBucket, lakeDatabase } from './a-lake.ts';
import { noAws } from './job-aws.ts';

export const restrictedBucket = 'restricted';

export type JobSummary = Readonly<Record<string, unknown>>;

const accountJobNames = accountTables.map(({ name }) => name);

export interface AccountLakeOptions {
  /** Folder of the lake; must exist. */
  readonly root: string;
  readonly now?: string;
  readonly aws?: JobAws;
}

/** A lake with stored account events and the jobs over it, without a pipeline around them. */
export async function openAccountLake({ root, now = '2026-03-31T12:00:00Z', aws = noAws }: AccountLakeOptions) {
  const clock = { now: Date.parse(now) };
  const read = () => clock.now;
  const objects = createObjectStore({ root, clock: read });
  const catalog = createCatalog({ dataDir: root, clock: read });
  for (const bucket of [lakeBucket, restrictedBucket]) await objects.createBucket(bucket);
  catalog.defineDatabase(lakeDatabase, {});
  const plan = accountsJobPlan({ columns: accountColumns });
  const planPath = join(root, 'accounts-plan.json');
  writeFileSync(planPath, JSON.stringify(plan));
  defineTables(catalog, plan.account_events);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  let files = 0;

  async function run(
    table: string,
    given: Readonly<Record<string, string>> = {},
    signal = new AbortController().signal,
  ) {
    const job: LocalJob = localJobs[`process_${table}`]!;
    return job({
      arguments: { ...jobArguments(table), ...given },
      runId: `jr_${randomBytes(8).toString('hex')}`,
      objects,
      catalog,
      dataDir: root,
      clock: read,
      aws,
      log: { info: () => {}, warn: () => {}, error: () => {} },
      assetPath: (key) => (key === 'plan.json' ? planPath : undefined),
      signal,
    });
  }

  const pathOf = (key: string) => join(objects.bucketPath(lakeBucket), key);
  const prefixOf = (application: string, day: string) =>
    catalog
      .partitions(lakeDatabase, 'events')
      .find(({ Values }) => Values[0] === application && Values[1] === day)
      ?.StorageDescriptor?.Location?.replace(`s3://${lakeBucket}/`, '');

  async function writeEvents(key: string, events: readonly StoredAccountEvent[]): Promise<void> {
    const json = join(root, 'events.json');
    writeFileSync(json, events.map((event) => JSON.stringify(event)).join('\n'));
    const columns = plan.account_events.map(
      ({ name, type }) => `${name}: '${type === 'timestamp' ? 'TIMESTAMPTZ' : 'VARCHAR'}'`,
    );
    mkdirSync(dirname(pathOf(key)), { recursive: true });
    const source = `read_json('${json}', format = 'newline_delimited', columns = {${columns.join(', ')}})`;
    await connection.run(`COPY (SELECT * FROM ${source}) TO '${pathOf(key)}' (FORMAT parquet)`);
  }

  async function rowsOf(table: string, bucket = lakeBucket): Promise<string[]> {
    const [partition] = catalog.partitions(lakeDatabase, table);
    if (!partition) return [];
    const location = partition.StorageDescriptor?.Location?.replace(`s3://${bucket}/`, '') ?? '';
    const paths: string[] = [];
    for await (const { key } of objects.list(bucket, location)) paths.push(join(objects.bucketPath(bucket), key));
    const columns = plan.tables[table as keyof typeof plan.tables].columns.map(({ name, type }) =>
      type === 'timestamp' ? `CAST(epoch_ms(${name}) AS DOUBLE) AS ${name}` : name,
    );
    const list = paths.map((path) => `'${path}'`).join(', ');
    const found = await connection.runAndReadAll(`SELECT ${columns.join(', ')} FROM read_parquet([${list}])`);
    return comparable(found.getRowObjectsJson() as AccountRow[]);
  }

  return {
    clock,
    objects,
    catalog,
    plan,
    run,
    rowsOf,
    /** One run of each of the four jobs, in their order. */
    async runAll(given: Readonly<Record<string, string>> = {}): Promise<Readonly<Record<string, JobSummary>>> {
      const summaries: Record<string, JobSummary> = {};
      for (const table of accountJobNames) summaries[table] = await run(table, given);
      return summaries;
    },
    /** Rows of the four tables, as `comparable` writes them. */
    async tables(): Promise<Readonly<Record<string, readonly string[]>>> {
      const rows: Record<string, readonly string[]> = {};
      for (const table of accountJobNames) rows[table] = await rowsOf(table);
      return rows;
    },
    /** Stores events as a run of the events job does: one more file of a day, or the first of its partition. */
    async store(day: string, events: readonly StoredAccountEvent[], application = '_accounts'): Promise<void> {
      const found = prefixOf(application, day);
      files += 1;
      const prefix = found ?? `events/application_id=${application}/event_date=${day}/run=jr_${files}/`;
      await writeEvents(`${prefix}${found === undefined ? 'part-00000' : `jr_${files}`}.parquet`, events);
      if (found === undefined) await register(application, day, prefix);
    },
    /** Puts other events into the first file of a day, which nobody is told of. */
    overwrite: (day: string, events: readonly StoredAccountEvent[]) =>
      writeEvents(`${prefixOf('_accounts', day)}part-00000.parquet`, events),
    /** Writes a day's events anew, as a run does that compacts it. */
    async compact(day: string): Promise<void> {
      files += 1;
      const prefix = `events/application_id=_accounts/event_date=${day}/run=jr_${files}/`;
      mkdirSync(pathOf(prefix), { recursive: true });
      await connection.run(
        `COPY (SELECT * FROM read_parquet('${pathOf(prefixOf('_accounts', day)!)}/*.parquet') ORDER BY event_id)
         TO '${pathOf(`${prefix}part-00000.parquet`)}' (FORMAT parquet)`,
      );
      await register('_accounts', day, prefix);
    },
    /** Keys and ETags of all that the jobs write. */
    async written(): Promise<string[]> {
      const found: string[] = [];
      for (const bucket of [lakeBucket, restrictedBucket]) {
        for await (const { key, etag } of objects.list(bucket, ''))
          if (!key.startsWith('events/')) found.push(`${bucket} ${key} ${etag}`);
      }
      return found;
    },
    stop(): void {
      connection.closeSync();
      instance.closeSync();
    },
  };

  async function register(application: string, day: string, prefix: string): Promise<void> {
    const StorageDescriptor = { Columns: [], Location: `s3://${lakeBucket}/${prefix}` };
    await catalog.putPartitions(lakeDatabase, 'events', [
      { Values: [application, day], StorageDescriptor, Parameters: {} },
    ]);
  }
}

export type AccountLake = Awaited<ReturnType<typeof openAccountLake>>;

const jobArguments = (table: string): Readonly<Record<string, string>> => ({
  '--bucket': lakeBucket,
  '--restricted_bucket': restrictedBucket,
  '--database': lakeDatabase,
  '--events_table': 'events',
  '--events_prefix': 'events',
  '--application_id': '_accounts',
  '--table': table,
  '--state_key': table === playerNames.name ? 'state/player-names.json' : 'state/accounts.json',
  '--player_keys_table': 'PlayerKeys',
  '--pii_key_id': 'key',
  '--plan': 's3://assets/plan.json',
  '--compression': 'zstd',
  '--table_format': 'PARQUET',
});

interface Column {
  readonly name: string;
  readonly type: string;
}

const asGlue = ({ name, type }: Column) => ({ Name: name, Type: type });

function defineTables(catalog: ReturnType<typeof createCatalog>, eventColumns: readonly Column[]): void {
  const define = (name: string, columns: readonly Column[], keys: readonly Column[], bucket = lakeBucket) =>
    catalog.defineTable(lakeDatabase, {
      Name: name,
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: keys.map(asGlue),
      StorageDescriptor: {
        Columns: columns.map(asGlue),
        Location: `s3://${bucket}/${name}/`,
        InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
      },
    });
  define('events', eventColumns, eventsPartitionKeys);
  for (const { name, columns } of accountTables) define(name, columns, [snapshotKey]);
  define(playerNames.name, playerNames.columns, [snapshotKey], restrictedBucket);
}

/** Prefix of a table's one partition. */
export const snapshotFolder = (table: string): string => `${table}/${snapshotKey.name}=${currentSnapshot}/`;

/** Rows as text, in order; times are milliseconds since the epoch. */
export const comparable = (rows: readonly AccountRow[]): string[] => rows.map((row) => JSON.stringify(row)).toSorted();
