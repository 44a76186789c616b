import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { eventsJobPlan } from '../../lib/etl/events-job-plan.ts';
import { transpile } from '../../lib/queries/transpile.ts';
import { readEventCatalogue } from '../../lib/schemas/read-event-catalogue.ts';
import { rawEventColumns } from '../../lib/schemas/raw-events.ts';
import { athenaCompatibility } from '../../local/athena-compat.ts';
import { aLake, lakeBucket, lakeDatabase } from '../support/a-lake.ts';
import type { Lake } from '../support/a-lake.ts';
import type { PartitionedRow } from '../support/a-raw-row.ts';

/** A lake whose raw rows become typed events, player days and player revenue by the events job's own statements. */
export interface TypedLake {
  readonly lake: Lake;
  /** Replaces all rows, in the tables that a report reads. */
  fill(rows: readonly PartitionedRow[], report: string): Promise<void>;
  stop(): Promise<void>;
}

const catalogue = readEventCatalogue();
const plan = eventsJobPlan(catalogue);
const tableNames = ['events', 'player_days', 'player_revenue'] as const;
const parquet = 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat';

export async function aTypedLake(): Promise<TypedLake> {
  const lake = await aLake();
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const statement of athenaCompatibility) await connection.run(statement);
  await connection.run(`CREATE TABLE new_raw_events (${rawEventColumns.map(duckdbColumn).join(', ')})`);
  for (const name of tableNames) defineTable(lake, name);
  const jobs = new Map<string, Promise<Job>>();

  return {
    lake,
    async fill(rows, report) {
      lake.clear();
      await lake.catalog.clear();
      if (/\b(raw_events|recent_events|rejected_events)\b/.test(report)) await lake.write(rows);
      if (!tableNames.some((name) => isNamed(name, report))) return;
      const job = jobs.get(report) ?? aJob(report, connection, jobs.size);
      jobs.set(report, job);
      await writeTables(await job, rows, connection, lake);
    },
    async stop() {
      connection.closeSync();
      instance.closeSync();
      await lake.stop();
    },
  };
}

function isNamed(name: string, report: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(report);
}

/** The job's statements as far as a report needs them: to plan a column for every field takes longer than to fill it. */
interface Job {
  readonly sources: Readonly<Record<string, string>>;
  typeEvents(): Promise<unknown>;
}

async function aJob(report: string, connection: DuckDBConnection, index: number): Promise<Job> {
  const needed = new Set(['platform', 'transaction_id', 'currency_type', 'currency_amount']);
  const columns = catalogue.columns.filter(({ name }) => needed.has(name) || isNamed(name, report));
  const { statements } = eventsJobPlan({ ...catalogue, columns });
  const typed = transpile(statements.typed_events.athena, 'duckdb');
  const days = `day_events_${index}`;
  await connection.run(`CREATE TABLE ${days} AS ${typed} LIMIT 0`);
  const derived = (name: 'player_days' | 'player_revenue'): string =>
    transpile(statements[name].athena.replaceAll('day_events', days), 'duckdb');
  const sources = {
    events: `FROM ${days}`,
    player_days: derived('player_days'),
    player_revenue: derived('player_revenue'),
  };
  return {
    sources: Object.fromEntries(Object.entries(sources).filter(([name]) => isNamed(name, report))),
    async typeEvents() {
      // Not prepared: DuckDB plans with what the tables held then, so that rows of a later case may be missing.
      await connection.run(`DELETE FROM ${days}`);
      await connection.run(`INSERT INTO ${days} ${typed}`);
    },
  };
}

/** Files have a new name each time, as the job gives them: DuckDB remembers what one held that is written anew at once. */
let fills = 0;

async function writeTables(
  job: Job,
  rows: readonly PartitionedRow[],
  connection: DuckDBConnection,
  lake: Lake,
): Promise<void> {
  fills += 1;
  const json = join(lake.root, `new-raw-events-${fills}.json`);
  writeFileSync(json, rows.map(({ row }) => JSON.stringify(row)).join('\n'));
  const columns = rawEventColumns.map((column) => `${column.name}: '${duckdbTypes[column.type]}'`).join(', ');
  await connection.run('DELETE FROM new_raw_events');
  await connection.run(
    `INSERT INTO new_raw_events FROM read_json('${json}', format = 'newline_delimited', columns = {${columns}})`,
  );
  await job.typeEvents();
  for (const [name, source] of Object.entries(job.sources)) {
    const folder = join(lake.objects.bucketPath(lakeBucket), name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const keys = plannedTable(name).partition_keys.map((key) => key.name);
    const options = `FORMAT parquet, PARTITION_BY (${keys.join(', ')}), FILENAME_PATTERN '{uuid}'`;
    await connection.run(`COPY (${source}) TO '${folder}' (${options})`);
    await registerPartitions(lake, name, folder);
  }
}

/** Registers every folder that holds files, as the job does. */
async function registerPartitions(lake: Lake, table: string, root: string): Promise<void> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const folders = new Set(files.filter((file) => file.endsWith('.parquet')).map((file) => join(file, '..')));
  const partitions = [...folders].map((folder) => ({
    Values: folder.split('/').map((part) => decodeURIComponent(part.slice(part.indexOf('=') + 1))),
    StorageDescriptor: { Location: `s3://${lakeBucket}/${table}/${folder}/`, InputFormat: parquet },
  }));
  await lake.catalog.putPartitions(lakeDatabase, table, partitions);
}

function defineTable(lake: Lake, name: string): void {
  const { columns, partition_keys: keys } = plannedTable(name);
  lake.catalog.defineTable(lakeDatabase, {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: keys.map(asGlue),
    StorageDescriptor: {
      Columns: columns.map(asGlue),
      Location: `s3://${lakeBucket}/${name}/`,
      InputFormat: parquet,
    },
  });
}

const asGlue = (column: { readonly name: string; readonly type: string }) => ({
  Name: column.name,
  Type: column.type,
});

function plannedTable(name: string) {
  const table = plan.tables[name];
  if (!table) throw new Error(`the plan has no table ${name}`);
  return table;
}

const duckdbTypes = { string: 'VARCHAR', double: 'DOUBLE', timestamp: 'TIMESTAMP', 'array<string>': 'VARCHAR[]' };

function duckdbColumn({ name, type }: (typeof rawEventColumns)[number]): string {
  return `${name} ${duckdbTypes[type]}`;
}
