import { join } from 'node:path';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { eventsJobPlan } from '../../lib/etl/events-job-plan.ts';
import type { PlannedTable } from '../../lib/etl/events-job-plan.ts';
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
  /** Replaces all rows: writes them as raw ones, and what the job makes of them. */
  fill(rows: readonly PartitionedRow[]): Promise<void>;
  stop(): Promise<void>;
}

const plan = eventsJobPlan({ columns: readEventCatalogue().columns });
const parquet = 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat';

/** What the job's statements read, in DuckDB's names; the days are whole, as every event of a case is new. */
const statements = {
  events: plan.statements.typed_events,
  player_days: plan.statements.player_days,
  player_revenue: plan.statements.player_revenue,
};

type TypedTable = keyof typeof statements;
const tables = Object.keys(statements) as TypedTable[];

export async function aTypedLake(): Promise<TypedLake> {
  const lake = await aLake();
  const job = await aJob(lake);
  for (const name of tables) defineTable(lake, name);

  return {
    lake,
    async fill(rows) {
      lake.clear();
      await lake.catalog.clear();
      for (const name of tables) clearFolder(tableFolder(lake, name));
      await lake.write(rows);
      if (rows.length === 0) return;
      await job.run();
      for (const name of tables) await registerPartitions(lake, name);
    },
    async stop() {
      job.stop();
      await lake.stop();
    },
  };
}

/** The job's statements on a DuckDB of their own. */
async function aJob(lake: Lake) {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const raw = join(lake.objects.bucketPath(lakeBucket), 'raw_events');
  const names = rawEventColumns.map(({ name }) => name).join(', ');
  for (const statement of [
    ...athenaCompatibility,
    `CREATE TABLE new_raw_events (${rawEventColumns.map(duckdbColumn).join(', ')})`,
    `CREATE VIEW typed_rows AS ${transpile(statements.events.athena, 'duckdb')}`,
    'CREATE TABLE day_events AS FROM typed_rows LIMIT 0',
  ])
    await connection.run(statement);
  const steps = [
    'DELETE FROM new_raw_events',
    `INSERT INTO new_raw_events SELECT ${names} FROM read_parquet('${raw}/*/*.parquet', union_by_name = true)`,
    'DELETE FROM day_events',
    'INSERT INTO day_events FROM typed_rows',
    ...tables.map((name) => {
      const source = name === 'events' ? 'FROM day_events' : transpile(statements[name].athena, 'duckdb');
      const keys = plannedTable(name).partition_keys.map((key) => key.name);
      return `COPY (${source}) TO '${tableFolder(lake, name)}' (FORMAT parquet, PARTITION_BY (${keys.join(', ')}))`;
    }),
  ];
  return {
    async run() {
      for (const step of steps) await connection.run(step);
    },
    stop() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function clearFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}

/** Registers every folder that holds files, as the job does. */
async function registerPartitions(lake: Lake, name: TypedTable): Promise<void> {
  const files = readdirSync(tableFolder(lake, name), { recursive: true, encoding: 'utf8' });
  const folders = new Set(files.filter((file) => file.endsWith('.parquet')).map((file) => join(file, '..')));
  await lake.catalog.putPartitions(
    lakeDatabase,
    name,
    [...folders].map((folder) => ({
      Values: folder.split('/').map((part) => decodeURIComponent(part.slice(part.indexOf('=') + 1))),
      StorageDescriptor: { Location: `s3://${lakeBucket}/${name}/${folder}/`, InputFormat: parquet },
    })),
  );
}

function defineTable(lake: Lake, name: TypedTable): void {
  const { columns, partition_keys: keys } = plannedTable(name);
  const column = ({ name: Name, type: Type }: PlannedTable['columns'][number]) => ({ Name, Type });
  lake.catalog.defineTable(lakeDatabase, {
    Name: name,
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: keys.map(column),
    StorageDescriptor: {
      Columns: columns.map(column),
      Location: `s3://${lakeBucket}/${name}/`,
      InputFormat: parquet,
    },
  });
}

function plannedTable(name: TypedTable): PlannedTable {
  const table = plan.tables[name];
  if (!table) throw new Error(`the plan has no table ${name}`);
  return table;
}

function tableFolder(lake: Lake, name: TypedTable): string {
  return join(lake.objects.bucketPath(lakeBucket), name);
}

const duckdbTypes = { string: 'VARCHAR', double: 'DOUBLE', timestamp: 'TIMESTAMP', 'array<string>': 'VARCHAR[]' };

function duckdbColumn({ name, type }: (typeof rawEventColumns)[number]): string {
  return `${name} ${duckdbTypes[type]}`;
}
