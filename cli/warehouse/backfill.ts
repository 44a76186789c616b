/** What a backfill asks of the lake and of the warehouse. */
export interface BackfillDeps {
  /** First day (UTC, YYYY-MM-DD) that the warehouse holds itself. Throws while the warehouse is not set up. */
  boundary(): Promise<string>;
  /** Keys of the files that the warehouse has. */
  loadedFiles(): Promise<ReadonlySet<string>>;
  /** Days of arrival before one, as the folders name them, of which files hold rejected events. */
  rejectedDays(before: string): Promise<ReadonlySet<string>>;
  /** Every raw file of the lake, in any order. */
  rawFiles(): AsyncIterable<string>;
  /** Has the warehouse load files, by their keys. */
  send(keys: readonly string[]): Promise<void>;
}

export interface Backfill {
  /** Files that were sent. */
  readonly sent: number;
  /** Files that the warehouse has. */
  readonly loaded: number;
  /** Files of days that it need not hold. */
  readonly cold: number;
}

/**
 * Days before the boundary whose files are needed as well. An event that is sent twice counts by its first arrival,
 * which the events job looks for in the seven days before the second; and a file's day is that of its oldest record.
 */
const daysBefore = 9;

const dayMilliseconds = 86_400_000;

/**
 * Has the warehouse load what the lake holds and it does not: the files of hot days, and those of older days with
 * rejected events, which no report reads from the lake. Oldest first, since of two arrivals of an event the first
 * counts. May be repeated at any time: a file that waits already is loaded once.
 */
export async function backfillWarehouse(deps: BackfillDeps): Promise<Backfill> {
  const first = dayBefore(await deps.boundary(), daysBefore);
  const [loaded, rejected] = await Promise.all([deps.loadedFiles(), deps.rejectedDays(first)]);
  const wanted: string[] = [];
  let known = 0;
  let cold = 0;
  for await (const key of deps.rawFiles()) {
    const day = dayOf(key);
    // Readers of the lake do not see files that start like this.
    if (day === undefined || /\/[_.][^/]*$/.test(key)) continue;
    if (loaded.has(key)) known++;
    else if (day >= first || rejected.has(day)) wanted.push(key);
    else cold++;
  }
  await deps.send(wanted.toSorted(byArrival));
  return { sent: wanted.length, loaded: known, cold };
}

/** Undefined for what is no file of a day. */
const dayOf = (key: string): string | undefined => /\/ingest_date=(\d{4}-\d{2}-\d{2})\/[^/]+$/.exec(key)?.[1];

/** Firehose writes the moment of delivery into the name: `<stream>-<version>-<yyyy-MM-dd-HH-mm-ss>-<uuid>.parquet`. */
const momentOf = (key: string): string => /-(\d{4}(?:-\d{2}){5})-[^/]*$/.exec(key)?.[1] ?? '';

function byArrival(one: string, other: string): number {
  const [first, second] = [one, other].map((key) => `${dayOf(key)} ${momentOf(key)} ${key}`);
  return first! < second! ? -1 : Number(first! > second!);
}

const dayBefore = (day: string, days: number): string =>
  new Date(Date.parse(day) - days * dayMilliseconds).toISOString().slice(0, 10);

/** `sent 12 files to be loaded; 30 were loaded already, 4 are older than the warehouse needs`. */
export const describeBackfill = ({ sent, loaded, cold }: Backfill): string =>
  `sent ${sent} files of the lake to be loaded; ${loaded} were loaded already, ${cold} hold nothing that the warehouse needs`;
