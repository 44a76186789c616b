import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { accountsApplicationId } from '../../business-logic/shared/reserved-applications.ts';
import { accountsJobPlan } from '../../lib/etl/accounts-job-plan.ts';
import { eventsJobPlan } from '../../lib/etl/events-job-plan.ts';
import { currentSnapshot } from '../../lib/schemas/account-tables.ts';
import { readEventCatalogue } from '../../lib/schemas/read-event-catalogue.ts';
import { rawEventColumns } from '../../lib/schemas/raw-events.ts';
import { athenaCompatibility } from '../../local/athena-compat.ts';
import { aLake, lakeBucket, lakeDatabase } from '../support/a-lake.ts';
import type { Lake } from '../support/a-lake.ts';
import type { PartitionedRow } from '../support/a-raw-row.ts';

/**
 * A lake whose raw rows become typed events, player days and player revenue by the events job's own statements, and
 * account tables by those of the account jobs. Names stand in `player_names` as the rows have them.
 */
export interface TypedLake {
  readonly lake: Lake;
  /** Replaces all rows, in the tables that a report reads. Those that it has filled last are left as they are. */
  fill(rows: readonly PartitionedRow[], report: string): Promise<void>;
  stop(): Promise<void>;
}

const catalogue = readEventCatalogue();
const plan = eventsJobPlan(catalogue);
const accountsPlan = accountsJobPlan(catalogue);
const eventTables = ['events', 'player_days', 'player_revenue'] as const;
const accountTables = ['players', 'studios', 'games', 'player_games', 'player_names'] as const;
const parquet = 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat';

export async function aTypedLake(): Promise<TypedLake> {
  const lake = await aLake();
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const statement of athenaCompatibility) await connection.run(statement);
  await connection.run(`CREATE TABLE new_raw_events (${rawEventColumns.map(duckdbColumn).join(', ')})`);
  for (const name of [...eventTables, ...accountTables]) defineTable(lake, name);
  const jobs = new Map<string, Promise<Job>>();
  let filled: { rows: readonly PartitionedRow[]; report: string } | undefined;

  return {
    lake,
    async fill(rows, report) {
      if (filled?.rows === rows && filled.report === report) return;
      filled = { rows, report };
      lake.clear();
      await lake.catalog.clear();
      if (/\b(raw_events|recent_events|rejected_events|replayed_events)\b/.test(report)) await lake.write(rows);
      const tables = [...eventTables, ...accountTables].filter((name) => isRead(name, report));
      if (tables.length === 0) return;
      const columns = neededColumns(report);
      const job = jobs.get(columns.join()) ?? aJob(columns, connection, jobs.size);
      jobs.set(columns.join(), job);
      await writeTables(await job, tables, rows, connection, lake);
    },
    async stop() {
      connection.closeSync();
      instance.closeSync();
      await lake.stop();
    },
  };
}

function isRead(name: string, report: string): boolean {
  return new RegExp(`\\b(FROM|JOIN)\\s+${name}\\b`).test(report);
}

function isNamed(name: string, report: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(report);
}

/** The jobs' statements as far as reports need them: to plan a column for every field takes longer than to fill it. */
interface Job {
  /** The statement of each table. */
  readonly sources: ReadonlyMap<string, string>;
  typeEvents(): Promise<unknown>;
}

/** Names of the typed columns that a report's tables are made of, and those that it names. */
function neededColumns(report: string): string[] {
  const needed = new Set(['platform', 'transaction_id', 'currency_type', 'currency_amount']);
  if (accountTables.some((name) => isRead(name, report)))
    for (const { name } of accountsPlan.account_events) needed.add(name);
  return catalogue.columns.map(({ name }) => name).filter((name) => needed.has(name) || isNamed(name, report));
}

async function aJob(names: readonly string[], connection: DuckDBConnection, index: number): Promise<Job> {
  const columns = catalogue.columns.filter(({ name }) => names.includes(name));
  const { statements } = eventsJobPlan({ ...catalogue, columns });
  const typed = statements.typed_events.duckdb;
  const days = `day_events_${index}`;
  await connection.run(`CREATE TABLE ${days} AS ${typed} LIMIT 0`);
  const accounts = `account_events_${index}`;
  if (names.includes('account_country')) {
    const list = accountsPlan.account_events.map(({ name }) => name).join(', ');
    await connection.run(
      `CREATE VIEW ${accounts} AS SELECT ${list} FROM ${days} WHERE application_id = '${accountsApplicationId}'`,
    );
  }
  return {
    sources: new Map([
      ['events', `FROM ${days}`],
      ['player_days', statements.player_days.duckdb.replaceAll('day_events', days)],
      ['player_revenue', statements.player_revenue.duckdb.replaceAll('day_events', days)],
      ...accountTables.map((name) => {
        const { duckdb } = accountsPlan.statements[accountsPlan.tables[name].statement];
        return [name, duckdb.replaceAll('account_events', accounts)] as const;
      }),
    ]),
    async typeEvents() {
      // Not prepared: DuckDB plans with what the tables held then, so that rows of a later case may be missing.
      await connection.run(`DELETE FROM ${days}`);
      await connection.run(`INSERT INTO ${days} ${typed}`);
    },
  };
}

/** Files and folders have new names each time, as the jobs give them: DuckDB remembers what a file held. */
let fills = 0;

async function writeTables(
  job: Job,
  tables: readonly string[],
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
  for (const name of tables) {
    const source = job.sources.get(name);
    const run = `${name}/run=${fills}`;
    const folder = join(lake.objects.bucketPath(lakeBucket), run);
    mkdirSync(folder, { recursive: true });
    const keys = plannedTable(name).partition_keys.map((key) => key.name);
    if ((accountTables as readonly string[]).includes(name)) {
      await connection.run(`COPY (${source}) TO '${folder}/rows.parquet' (FORMAT parquet)`);
      await lake.catalog.putPartitions(lakeDatabase, name, [partition([currentSnapshot], run)]);
    } else {
      const options = `FORMAT parquet, PARTITION_BY (${keys.join(', ')}), FILENAME_PATTERN '{uuid}'`;
      await connection.run(`COPY (${source}) TO '${folder}' (${options})`);
      await registerPartitions(lake, name, folder, run);
    }
  }
}

const partition = (values: readonly string[], prefix: string) => ({
  Values: [...values],
  StorageDescriptor: { Location: `s3://${lakeBucket}/${prefix}/`, InputFormat: parquet },
});

/** Registers every folder that holds files, as the job does. */
async function registerPartitions(lake: Lake, table: string, root: string, prefix: string): Promise<void> {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const folders = new Set(files.filter((file) => file.endsWith('.parquet')).map((file) => join(file, '..')));
  const partitions = [...folders].map((folder) =>
    partition(
      folder.split('/').map((part) => decodeURIComponent(part.slice(part.indexOf('=') + 1))),
      `${prefix}/${folder}`,
    ),
  );
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
  const table = plan.tables[name] ?? Object.entries(accountsPlan.tables).find(([known]) => known === name)?.[1];
  if (!table) throw new Error(`the plan has no table ${name}`);
  return table;
}

const duckdbTypes = { string: 'VARCHAR', double: 'DOUBLE', timestamp: 'TIMESTAMP', 'array<string>': 'VARCHAR[]' };

function duckdbColumn({ name, type }: (typeof rawEventColumns)[number]): string {
  return `${name} ${duckdbTypes[type]}`;
}
