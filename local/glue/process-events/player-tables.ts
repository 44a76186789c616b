import { createHash } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { accountsApplicationId } from '../../../business-logic/shared/reserved-applications.ts';
import type { StatementName } from '../../../lib/etl/events-job-plan.ts';
import { partName } from './decide-step.ts';
import { openPartitionedTable } from './partitions.ts';
import type { NewPartition, PartitionedTable, StoredPartition } from './partitions.ts';
import { putFiles } from './run.ts';
import type { Changes, Run } from './run.ts';
import { filesSql, identifier, literal, storedType, valuesTable } from './sql.ts';
import type { Worker } from './worker.ts';

/** Bytes of a day's events that are worked on at a time, where the days allow it. */
const chunkBytes = 48 << 20;

/** A day of the events table: its partitions, and what the player tables of the day are made of. */
interface Day {
  readonly day: string;
  readonly partitions: readonly StoredPartition[];
  /** Changes whenever one of the day's events does. */
  readonly source: string;
}

interface PlayerTable {
  readonly name: Extract<StatementName, 'player_days' | 'player_revenue'>;
  readonly table: PartitionedTable;
}

interface StagedDay {
  readonly day: string;
  readonly source: string;
  readonly paths: readonly string[];
}

/** Derives the player tables anew for those of these days whose events have changed. */
export async function rebuildPlayerTables(
  run: Run,
  events: PartitionedTable,
  days: readonly string[],
): Promise<Changes> {
  const { settings, context } = run;
  const { catalog, objects } = context;
  const open = (name: string) =>
    openPartitionedTable({ catalog, objects, bucket: settings.bucket, database: settings.database, name });
  const tables: readonly PlayerTable[] = [
    { name: 'player_days', table: open(settings.playerDaysTable) },
    { name: 'player_revenue', table: open(settings.playerRevenueTable) },
  ];
  const every = await readDays(events, days);
  const changes = { created: 0, appended: 0, rewritten: 0, retired: [] as string[] };
  for (const one of tables) {
    const stored = new Map<string, StoredPartition | undefined>();
    for (const { day } of every) stored.set(day, await one.table.find([day]));
    const stale = every.filter(({ day, source }) => stored.get(day)?.parameters['source'] !== source);
    const staged = await stage(run, one, stale);
    await publish(run, one, staged);
    for (const { day } of staged) {
      if (stored.get(day)) changes.rewritten += 1;
      else changes.created += 1;
      // Also the prefix that the partition has just left.
      changes.retired.push(...((await one.table.find([day]))?.orphans ?? []));
    }
  }
  return changes;
}

async function readDays(events: PartitionedTable, days: readonly string[]): Promise<Day[]> {
  const byDay = new Map<string, StoredPartition[]>(days.toSorted().map((day) => [day, []]));
  for (const values of events.values()) {
    // Account events are no play; the statements leave them out as well.
    if (values[0] === accountsApplicationId) continue;
    const partitions = byDay.get(values[1] ?? '');
    if (partitions) partitions.push((await events.find(values))!);
  }
  return [...byDay].map(([day, partitions]) => ({ day, partitions, source: sourceOf(partitions) }));
}

function sourceOf(partitions: readonly StoredPartition[]): string {
  const lines = partitions.map(({ values, location, files }) => {
    const names = files.map(({ key }) => key.slice(key.lastIndexOf('/') + 1)).toSorted();
    return `${values[0]}|${location}|${names.join(',')}`;
  });
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
}

async function stage(run: Run, { name }: PlayerTable, days: readonly Day[]): Promise<StagedDay[]> {
  const staged: StagedDay[] = [];
  await run.workers.forEach(chunksOf(days), async (worker, chunk, index) => {
    const folder = join(run.folder, `${name}-${index}`);
    await writeDays(run, worker, name, chunk, folder);
    for (const { day, source } of chunk) {
      // A day without a row, such as one without purchases, has no partition.
      const paths = await filesIn(join(folder, `event_date=${day}`));
      if (paths.length > 0) staged.push({ day, source, paths });
    }
  });
  return staged;
}

function chunksOf(days: readonly Day[]): Day[][] {
  const chunks: { days: Day[]; bytes: number }[] = [];
  for (const day of days) {
    const bytes = day.partitions.flatMap(({ files }) => files).reduce((sum, { size }) => sum + size, 0);
    let chunk = chunks.at(-1);
    if (!chunk || chunk.bytes + bytes > chunkBytes) {
      chunk = { days: [], bytes: 0 };
      chunks.push(chunk);
    }
    chunk.days.push(day);
    chunk.bytes += bytes;
  }
  return chunks.map((chunk) => chunk.days);
}

async function writeDays(
  run: Run,
  worker: Worker,
  name: PlayerTable['name'],
  days: readonly Day[],
  folder: string,
): Promise<void> {
  const files = days.flatMap(({ day, partitions }) =>
    partitions.flatMap((partition) =>
      partition.files.map(({ path }) => [path, partition.values[0] ?? '', day] as const),
    ),
  );
  await worker.run(valuesTable('day_files', { path: 'VARCHAR', application_id: 'VARCHAR', event_date: 'DATE' }, files));
  const rows = filesSql(
    files.map(([path]) => path),
    run.plan.tables['events']!.columns,
    ['filename'],
  );
  await worker.run(
    `CREATE OR REPLACE TEMP VIEW day_events AS SELECT * FROM (${rows}) JOIN day_files ON path = filename`,
  );
  const { columns, partition_keys: keys, sorted_by: sorted } = run.plan.tables[name]!;
  const typed = [...columns, ...keys].map(
    (column) => `CAST(${identifier(column.name)} AS ${storedType(column)}) AS ${identifier(column.name)}`,
  );
  const order = [...keys.map((key) => key.name), ...sorted].map(identifier).join(', ');
  await mkdir(folder, { recursive: true });
  await worker.run(
    `COPY (SELECT ${typed.join(', ')} FROM (${run.plan.statements[name].duckdb}) ORDER BY ${order}) TO ${literal(folder)}
     (FORMAT parquet, COMPRESSION ${run.settings.compression}, ROW_GROUP_SIZE 61440, OVERWRITE_OR_IGNORE, PARTITION_BY (${keys.map((key) => identifier(key.name)).join(', ')}))`,
  );
}

async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.toSorted().map((name) => join(folder, name));
}

async function publish(run: Run, { table }: PlayerTable, staged: readonly StagedDay[]): Promise<void> {
  const { runId } = run.settings;
  const partitions: NewPartition[] = staged.map(({ day, source }) => ({
    values: [day],
    prefix: `${table.folder([day])}/run=${runId}/`,
    parameters: { run_id: runId, source },
  }));
  await putFiles(
    run,
    staged.flatMap(({ paths }, at) =>
      paths.map((path, number) => ({ path, key: `${partitions[at]!.prefix}${partName(number)}` })),
    ),
  );
  await table.put(partitions);
}
