import { join } from 'node:path';
import type { AccountsJobPlan, PlannedAccountTable } from '../../../lib/etl/accounts-job-plan.ts';
import type { LakeFile } from '../process-events/raw-objects.ts';
import { fileList, filesSql, identifier, literal, storedType } from '../process-events/sql.ts';
import type { Worker } from '../process-events/worker.ts';
import type { AccountEvents } from './account-events.ts';

/** Events that are worked on at a time: some 300 MB. Keys are told apart by their hashes, so that each is in one lot. */
const lotEvents = 1_000_000;

/** Rows of a row group at most: a studio's report then reads those of its own games. */
const rowGroupRows = 61_440;

export interface Snapshot {
  readonly worker: Worker;
  readonly plan: AccountsJobPlan;
  readonly planned: PlannedAccountTable;
  readonly events: AccountEvents;
  /** Days whose events are not those that the stored rows were made of; undefined: every row is made anew. */
  readonly days: ReadonlySet<string> | undefined;
  /** Files of the present rows, if there are any. */
  readonly stored: readonly LakeFile[] | undefined;
  /** Working folder. */
  readonly folder: string;
  readonly compression: string;
  /** Makes the temporary table `made` of a statement's rows. */
  readonly makeRows?: (worker: Worker, statement: string) => Promise<void>;
}

/** Writes all rows of a new snapshot into a file, and gives back its path; undefined where no row changes. */
export async function makeSnapshot(snapshot: Snapshot): Promise<string | undefined> {
  const { worker, plan, planned, days, stored, folder } = snapshot;
  const hasNews = days === undefined ? await findAll(snapshot) : await findTouched(snapshot, days);
  if (!hasNews && (days !== undefined || stored === undefined)) return undefined;

  const columns = planned.columns.map(({ name }) => identifier(name)).join(', ');
  const { duckdb } = plan.statements[planned.statement];
  const lots = await countLots(snapshot);
  const paths: string[] = [];
  for (let lot = 0; lot < lots; lot += 1) {
    await worker.run(
      `CREATE OR REPLACE TEMP VIEW account_events AS ${toldSql(snapshot, snapshot.events.files())}
       AND hash(${identifier(planned.key)}) % ${lots} = ${lot}`,
    );
    await (snapshot.makeRows ?? makeTable)(worker, duckdb);
    const path = join(folder, `made-${lot}.parquet`);
    await worker.run(`COPY (SELECT ${columns} FROM made) TO ${literal(path)} (FORMAT parquet)`);
    paths.push(path);
  }
  const kept =
    days === undefined || stored === undefined
      ? ''
      : `UNION ALL SELECT ${columns} FROM (${rowsSql(planned, stored)}) ANTI JOIN touched USING (${identifier(planned.key)})`;
  const path = join(folder, 'part.parquet');
  const typed = planned.columns.map(
    (one) => `CAST(${identifier(one.name)} AS ${storedType(one)}) AS ${identifier(one.name)}`,
  );
  await worker.run(
    `COPY (
       SELECT ${typed.join(', ')} FROM (SELECT ${columns} FROM read_parquet(${fileList(paths)}) ${kept})
       ORDER BY ${planned.sorted_by.map(identifier).join(', ')}
     ) TO ${literal(path)} (FORMAT parquet, COMPRESSION ${snapshot.compression}, ROW_GROUP_SIZE ${rowGroupRows})`,
  );
  return path;
}

async function makeTable(worker: Worker, statement: string): Promise<void> {
  await worker.run(`CREATE OR REPLACE TEMP TABLE made AS ${statement}`);
}

/** Whether there is any event that makes rows of this table. */
async function findAll({ worker, plan, planned, events }: Snapshot): Promise<boolean> {
  const rows = await worker.rows(`SELECT 1 FROM (${eventsSql(plan, events.files())}) WHERE ${isTold(planned)} LIMIT 1`);
  return rows.length > 0;
}

/** Makes `touched`, the keys whose rows are made anew, and says whether there are any. */
async function findTouched({ worker, plan, planned, events }: Snapshot, days: ReadonlySet<string>): Promise<boolean> {
  const key = identifier(planned.key);
  await worker.run(
    `CREATE OR REPLACE TEMP TABLE touched AS
     SELECT DISTINCT ${key} FROM (${eventsSql(plan, events.files(days))}) WHERE ${isTold(planned)}`,
  );
  const [row] = await worker.rows('SELECT count(*) AS n FROM touched');
  return Number(row?.['n']) > 0;
}

async function countLots({ worker, events }: Snapshot): Promise<number> {
  const paths = events.files().map(({ path }) => path);
  if (paths.length === 0) return 1;
  const [row] = await worker.rows(`SELECT sum(num_rows) AS n FROM parquet_file_metadata(${fileList(paths)})`);
  return Math.max(1, Math.ceil(Number(row?.['n']) / lotEvents));
}

/** Events of which rows are made; more conditions may follow. */
function toldSql({ plan, planned, days }: Snapshot, files: readonly LakeFile[]): string {
  const every = `SELECT * FROM (${eventsSql(plan, files)})`;
  const some = days === undefined ? every : `${every} SEMI JOIN touched USING (${identifier(planned.key)})`;
  return `${some} WHERE ${isTold(planned)}`;
}

function isTold({ event_types: types, key }: PlannedAccountTable): string {
  return `event_type IN (${types.map(literal).join(', ')}) AND ${identifier(key)} IS NOT NULL`;
}

const eventsSql = (plan: AccountsJobPlan, files: readonly LakeFile[]): string =>
  filesSql(
    files.map(({ path }) => path),
    plan.account_events,
  );

const rowsSql = ({ columns }: PlannedAccountTable, files: readonly LakeFile[]): string =>
  filesSql(
    files.map(({ path }) => path),
    columns,
  );
