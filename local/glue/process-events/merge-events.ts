import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { decideStep, fileBytes, isScattered, partName } from './decide-step.ts';
import type { Step } from './decide-step.ts';
import type { NewPartition, PartitionedTable, StoredPartition } from './partitions.ts';
import { placeKey, placeOfKey, shiftDay } from './place.ts';
import type { Place } from './place.ts';
import { namingObjects, rawColumns, sizeOf } from './raw-objects.ts';
import type { LakeFile } from './raw-objects.ts';
import { putFiles } from './run.ts';
import type { Changes, Run } from './run.ts';
import { spreadRows } from './spread-rows.ts';
import type { Chunk } from './spread-rows.ts';
import { fileList, filesSql, identifier, literal, storedType, valuesTable } from './sql.ts';
import { isTaken } from './survey.ts';
import type { Found, Survey } from './survey.ts';
import type { Worker } from './worker.ts';

/** Rows that are worked on at a time, where the partitions allow it: some 300 MB. */
const chunkRows = 125_000;

/** How far back a stored copy of an event may lie whose day follows its arrival (`metadata.clock`). */
const clockDays = 7;

export interface MergeRequest {
  readonly survey: Survey;
  /** Days that are over and have to be compacted, beside what the survey found. */
  readonly over: readonly Place[];
  /** Bytes that a row may take in a file. */
  readonly rowBytes: number;
  /** Called before readers see anything of the run. */
  readonly beforePublishing: () => Promise<void>;
}

export interface Merged extends Changes {
  /** Rows that were not stored before. */
  readonly added: number;
  /** Partitions of days not over that consist of more than one run's files. */
  readonly growing: readonly Place[];
}

/** What a chunk wrote for a place, in a folder where no reader looks. */
interface Staged {
  readonly place: Place;
  readonly step: Step;
  /** Files in the order of their rows. */
  readonly paths: readonly string[];
  readonly rows: number;
}

/**
 * Adds new rows to the partitions of the events table: chunk by chunk into a folder aside, then all files into the lake,
 * then the partitions.
 */
export async function mergeEvents(run: Run, table: PartitionedTable, request: MergeRequest): Promise<Merged> {
  const lookUp = rememberPartitions(table);
  const strays = await typeStrays(run, request.survey);
  const staged: Staged[] = [];
  await run.workers.forEach(await spreadRows(run, chunksOf(request)), async (worker, chunk, index) => {
    try {
      staged.push(...(await workOn(run, worker, chunk, { index, strays, lookUp, request })));
    } catch (error) {
      throw namingObjects(error, chunk.files);
    }
  });

  await request.beforePublishing();
  const stored = new Map<string, StoredPartition | undefined>();
  for (const { place } of staged) stored.set(placeKey(place), await lookUp(place));
  await publish(run, table, staged, stored);
  const touched = [...request.survey.found.values()].map(({ place }) => place).concat(request.over);
  return summarise(run, rememberPartitions(table), { staged, stored, touched });
}

type LookUp = (place: Place) => Promise<StoredPartition | undefined>;

const valuesOf = ({ applicationId, eventDate }: Place): readonly string[] => [applicationId, eventDate];

function rememberPartitions(table: PartitionedTable): LookUp {
  const known = new Map<string, Promise<StoredPartition | undefined>>();
  return (place) => {
    const key = placeKey(place);
    const found = known.get(key) ?? table.find(valuesOf(place));
    known.set(key, found);
    return found;
  };
}

/** Neighbouring days share raw objects, so places go by day. */
function chunksOf({ survey, over }: MergeRequest): Chunk[] {
  const found = new Map<string, Found>(over.map((place) => [placeKey(place), { place, rows: 0, files: [] }]));
  for (const [key, one] of survey.found) found.set(key, one);
  const chunks: { places: Place[]; files: Set<LakeFile>; rows: number }[] = [];
  for (const [, { place, rows, files }] of [...found].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    let chunk = chunks.at(-1);
    if (!chunk || (chunk.rows > 0 && chunk.rows + rows > chunkRows)) {
      chunk = { places: [], files: new Set(), rows: 0 };
      chunks.push(chunk);
    }
    chunk.places.push(place);
    chunk.rows += rows;
    for (const file of files) chunk.files.add(file);
  }
  return chunks.map(({ places, files }) => ({ places, files: [...files] }));
}

/** The rows of ids whose copies lie on several days, of which only all together tell the first: typed, in a file. */
async function typeStrays(run: Run, { strays, found }: Survey): Promise<string | undefined> {
  if (strays === undefined) return undefined;
  const files = [...new Set([...found.values()].flatMap((one) => one.files))];
  const path = join(run.folder, 'typed-strays.parquet');
  const worker = run.workers.first;
  await worker.run(
    `CREATE OR REPLACE TEMP VIEW new_raw_events AS
     SELECT * FROM (${rawSql(run, pathsOf(files))}) SEMI JOIN read_parquet(${fileList([strays])}) USING (application_id, event_id)`,
  );
  await worker.run(`COPY (${run.plan.statements.typed_events.duckdb}) TO ${literal(path)} (FORMAT parquet)`);
  return path;
}

const pathsOf = (files: readonly LakeFile[]): readonly string[] => files.map(({ path }) => path);

function rawSql({ forgotten }: Run, paths: readonly string[]): string {
  const rows = filesSql(paths, rawColumns);
  return forgotten === 'false' ? rows : `SELECT * FROM (${rows}) WHERE NOT ${forgotten}`;
}

interface Work {
  readonly index: number;
  readonly strays: string | undefined;
  readonly lookUp: LookUp;
  readonly request: MergeRequest;
}

async function workOn(run: Run, worker: Worker, chunk: Chunk, work: Work): Promise<Staged[]> {
  await typeChunk(run, worker, chunk, work);
  await findStoredIds(worker, chunk, work.lookUp);
  const counts = await countUnseen(run, worker);
  const steps: Planned[] = [];
  for (const [number, place] of chunk.places.entries()) {
    const rows = counts.get(placeKey(place)) ?? 0;
    const stored = await work.lookUp(place);
    const bytes = rows * work.request.rowBytes;
    const step = decideStep({ eventDate: place.eventDate, today: run.settings.today, stored, rows, bytes });
    const old = step === 'rewrite' ? (stored?.files ?? []) : [];
    if (step !== 'leave') steps.push({ number, place, step, rows, old, bytes: bytes + sizeOf(old) });
  }
  const staged = await stage(run, worker, steps, work.index);
  await worker.run('DROP TABLE typed_events');
  return staged;
}

/** A place that is to be written. */
interface Planned {
  readonly number: number;
  readonly place: Place;
  readonly step: Step;
  readonly rows: number;
  /** Files whose rows are written again. */
  readonly old: readonly LakeFile[];
  readonly bytes: number;
}

/** Makes `typed_events` of the chunk's new rows, and `chunk_places`. */
async function typeChunk(run: Run, worker: Worker, { places, files, spread }: Chunk, { strays }: Work): Promise<void> {
  const types = { partition_number: 'INTEGER', application_id: 'VARCHAR', event_date: 'DATE' };
  const numbered = places.map(({ applicationId, eventDate }, number) => [number, applicationId, eventDate]);
  await worker.run(valuesTable('chunk_places', types, numbered));
  const days = places.map(({ eventDate }) => eventDate).toSorted();
  const without = strays === undefined ? '' : `ANTI JOIN ${strayIds(run)} USING (application_id, event_id)`;
  await worker.run(
    `CREATE OR REPLACE TEMP VIEW new_raw_events AS
     SELECT * FROM (
       SELECT * FROM (${rawSql(run, spread ?? pathsOf(files))})
       WHERE ${isTaken} AND event_at >= TIMESTAMP '${days[0]}' AND event_at < TIMESTAMP '${shiftDay(days.at(-1)!, 1)}'
         AND (application_id, CAST(event_at AS DATE)) IN (SELECT (application_id, event_date) FROM chunk_places)
     ) ${without}`,
  );
  await worker.run(`CREATE OR REPLACE TEMP TABLE typed_events AS ${run.plan.statements.typed_events.duckdb}`);
  if (strays === undefined) return;
  await worker.run(
    `INSERT INTO typed_events BY NAME
     SELECT * FROM read_parquet(${fileList([strays])}) SEMI JOIN chunk_places USING (application_id, event_date)`,
  );
}

function strayIds(run: Run): string {
  return `read_parquet(${fileList([join(run.folder, 'strays.parquet')])})`;
}

/** Makes `stored_ids`: those of the chunk's ids that a partition holds in which a copy of such an event may lie. */
async function findStoredIds(worker: Worker, { places }: Chunk, lookUp: LookUp): Promise<void> {
  const files: (readonly [string, string, string])[] = [];
  for (const place of await possiblePlaces(worker, places)) {
    for (const { path } of (await lookUp(place))?.files ?? []) files.push([path, place.applicationId, place.eventDate]);
  }
  const types = { path: 'VARCHAR', application_id: 'VARCHAR', event_date: 'DATE' };
  await worker.run(valuesTable('stored_files', types, files));
  const ids = filesSql(
    files.map(([path]) => path),
    [{ name: 'event_id', type: 'string' }],
    ['filename'],
  );
  await worker.run(
    `CREATE OR REPLACE TEMP TABLE stored_ids AS
     SELECT application_id, event_id, event_date FROM (${ids}) JOIN stored_files ON path = filename
     SEMI JOIN typed_events USING (application_id, event_id)`,
  );
}

async function possiblePlaces(worker: Worker, places: readonly Place[]): Promise<Place[]> {
  const keys = new Set<string>();
  for (const { applicationId, eventDate } of places) {
    for (let back = 0; back <= clockDays; back += 1) {
      keys.add(placeKey({ applicationId, eventDate: shiftDay(eventDate, -back) }));
    }
  }
  // Where the clock could not be believed, the day follows the arrival; an earlier copy may lie on the client's day.
  const clocks = await worker.rows(
    `SELECT DISTINCT application_id, CAST(make_timestamp(CAST(event_timestamp * 1e6 AS BIGINT)) AS DATE) AS client_date
     FROM typed_events
     WHERE metadata LIKE '%"clock"%' AND athena_json_extract_scalar(metadata, '$.clock') IS NOT NULL
       AND event_timestamp >= 0 AND event_timestamp < 4102444800`,
  );
  for (const { application_id, client_date } of clocks) {
    keys.add(placeKey({ applicationId: String(application_id), eventDate: String(client_date) }));
  }
  return [...keys].map(placeOfKey);
}

function placeOf(row: Readonly<Record<string, unknown>>): Place {
  return { applicationId: String(row['application_id']), eventDate: String(row['event_date']) };
}

async function countUnseen(run: Run, worker: Worker): Promise<ReadonlyMap<string, number>> {
  const rows = await worker.rows(
    `SELECT application_id, event_date, count(*) AS n FROM (${run.plan.statements.unseen_events.duckdb}) GROUP BY ALL`,
  );
  return new Map(rows.map((row) => [placeKey(placeOf(row)), Number(row['n'])]));
}

/** Writes what is planned: all small partitions by one statement, each large one by its own, cut into files. */
async function stage(run: Run, worker: Worker, planned: readonly Planned[], index: number): Promise<Staged[]> {
  if (planned.length === 0) return [];
  const old = planned.flatMap(({ number, old: files }) => files.map(({ path }) => [path, number] as const));
  await worker.run(valuesTable('old_files', { path: 'VARCHAR', partition_number: 'INTEGER' }, old));
  const rows = rowsSql(
    run,
    old.map(([path]) => path),
  );
  const small = planned.filter(({ bytes }) => bytes <= fileBytes);
  const root = join(run.folder, `events-${index}`);
  const staged: Staged[] = [];
  if (small.length > 0) {
    const numbers = small.map(({ number }) => number).join(', ');
    await copy(run, worker, `${rows} WHERE partition_number IN (${numbers})`, root, 'PARTITION_BY (partition_number)');
    for (const one of small)
      staged.push({ ...one, paths: await filesIn(join(root, `partition_number=${one.number}`)) });
  }
  for (const one of planned.filter((other) => !small.includes(other))) {
    const folder = `${root}-${one.number}`;
    const its = `SELECT * EXCLUDE (partition_number) FROM (${rows}) WHERE partition_number = ${one.number}`;
    await copy(run, worker, its, folder, `FILE_SIZE_BYTES ${fileBytes}`, '');
    staged.push({ ...one, paths: await filesIn(folder) });
  }
  return staged;
}

/** New and old rows of the planned partitions with `partition_number`, as they are stored. */
function rowsSql(run: Run, old: readonly string[]): string {
  const columns = run.plan.tables['events']!.columns;
  const stored = columns.map(
    (column) => `CAST(${identifier(column.name)} AS ${storedType(column)}) AS ${identifier(column.name)}`,
  );
  const names = columns.map(({ name }) => identifier(name)).join(', ');
  const unseen = `SELECT partition_number, ${names} FROM (${run.plan.statements.unseen_events.duckdb})
    JOIN chunk_places USING (application_id, event_date)`;
  const again = `SELECT partition_number, ${names} FROM (${filesSql(old, columns, ['filename'])}) JOIN old_files ON path = filename`;
  const every = old.length === 0 ? unseen : `${unseen} UNION ALL ${again}`;
  return `SELECT partition_number, ${stored.join(', ')} FROM (${every})`;
}

/** Rows of a row group at most: a filter on `event_type`, by which rows are sorted, then skips most of a file. */
const rowGroupRows = 61_440;

async function copy(
  run: Run,
  worker: Worker,
  rows: string,
  folder: string,
  option: string,
  first = 'partition_number, ',
) {
  await mkdir(folder, { recursive: true });
  const order = run.plan.tables['events']!.sorted_by.map(identifier).join(', ');
  await worker.run(
    `COPY (SELECT * FROM (${rows}) ORDER BY ${first}${order}) TO ${literal(folder)}
     (FORMAT parquet, COMPRESSION ${run.settings.compression}, ROW_GROUP_SIZE ${rowGroupRows}, OVERWRITE_OR_IGNORE, ${option})`,
  );
}

const numberOf = (name: string) => Number(/(\d+)\.parquet$/.exec(name)?.[1]);

/** DuckDB numbers a folder's files. */
async function filesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).toSorted((a, b) => numberOf(a) - numberOf(b));
  return names.map((name) => join(folder, name));
}

async function publish(
  run: Run,
  table: PartitionedTable,
  staged: readonly Staged[],
  stored: ReadonlyMap<string, StoredPartition | undefined>,
): Promise<void> {
  const { runId } = run.settings;
  const files: { path: string; key: string }[] = [];
  const partitions: NewPartition[] = [];
  for (const { place, step, paths } of staged) {
    const present = stored.get(placeKey(place));
    if (step === 'append' && present) {
      files.push(
        ...paths.map((path, at) => ({ path, key: `${present.prefix}${runId}${at === 0 ? '' : `-${at}`}.parquet` })),
      );
      continue;
    }
    const prefix = `${table.folder(valuesOf(place))}/run=${runId}/`;
    if (prefix === present?.prefix) throw new Error(`two runs bear the id ${runId}`);
    files.push(...paths.map((path, at) => ({ path, key: `${prefix}${partName(at)}` })));
    partitions.push({ values: valuesOf(place), prefix, parameters: { run_id: runId } });
  }
  await putFiles(run, files);
  await table.put(partitions);
}

interface Outcome {
  readonly staged: readonly Staged[];
  /** As it was before. */
  readonly stored: ReadonlyMap<string, StoredPartition | undefined>;
  readonly touched: readonly Place[];
}

async function summarise(run: Run, lookUp: LookUp, { staged, stored, touched }: Outcome): Promise<Merged> {
  const growing: Place[] = [];
  const orphans: string[] = [];
  for (const place of new Map(touched.map((one) => [placeKey(one), one])).values()) {
    const now = await lookUp(place);
    if (now && place.eventDate >= run.settings.today && isScattered(now)) growing.push(place);
    // Also the prefix that the partition has just left.
    orphans.push(...(now?.orphans ?? []));
  }
  const left = staged.flatMap(({ place, step }) =>
    (step === 'rewrite' ? [stored.get(placeKey(place))?.prefix ?? []] : []).flat(),
  );
  const count = (step: Step) => staged.filter((one) => one.step === step).length;
  return {
    created: count('create'),
    appended: count('append'),
    rewritten: count('rewrite'),
    added: staged.reduce((sum, { rows }) => sum + rows, 0),
    growing,
    retired: [...new Set([...orphans, ...left])],
  };
}
