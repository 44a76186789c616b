/** What a backfill asks of the lake and of the warehouse. */
export interface BackfillDeps {
  /** Keys of the files that the warehouse has. Throws while the warehouse is not set up. */
  loadedFiles(): Promise<ReadonlySet<string>>;
  /** Every raw file of the lake, in any order. */
  rawFiles(): AsyncIterable<string>;
  /** Has the warehouse load files, by their keys. */
  send(keys: readonly string[]): Promise<void>;
}

export interface BackfillOptions {
  /** Leaves out files of earlier days of arrival, `YYYY-MM-DD`. */
  readonly from?: string | undefined;
}

export interface Backfill {
  /** Files that were sent. */
  readonly sent: number;
  /** Files that the warehouse has. */
  readonly loaded: number;
  /** Files of days that were left out. */
  readonly leftOut: number;
}

/**
 * Has the warehouse load every raw file that the lake holds and it does not. Those of days before its hot ones are needed
 * as well: rejected events and second arrivals are counted by reports, and are in no other table that it reads. Oldest
 * first, since of two arrivals of an event the first counts. May be repeated at any time: a file that waits already is
 * loaded once.
 */
export async function backfillWarehouse(deps: BackfillDeps, { from = '' }: BackfillOptions = {}): Promise<Backfill> {
  const loaded = await deps.loadedFiles();
  const wanted: string[] = [];
  let known = 0;
  let leftOut = 0;
  for await (const key of deps.rawFiles()) {
    const day = dayOf(key);
    // Readers of the lake do not see files that start like this.
    if (day === undefined || /\/[_.][^/]*$/.test(key)) continue;
    if (loaded.has(key)) known++;
    else if (day < from) leftOut++;
    else wanted.push(key);
  }
  await deps.send(wanted.toSorted(byArrival));
  return { sent: wanted.length, loaded: known, leftOut };
}

/** Undefined for what is no file of a day. */
const dayOf = (key: string): string | undefined => /\/ingest_date=(\d{4}-\d{2}-\d{2})\/[^/]+$/.exec(key)?.[1];

/** Firehose writes the moment of delivery into the name: `<stream>-<version>-<yyyy-MM-dd-HH-mm-ss>-<uuid>.parquet`. */
const momentOf = (key: string): string => /-(\d{4}(?:-\d{2}){5})-[^/]*$/.exec(key)?.[1] ?? '';

function byArrival(one: string, other: string): number {
  const [first, second] = [one, other].map((key) => `${dayOf(key)} ${momentOf(key)} ${key}`);
  return first! < second! ? -1 : Number(first! > second!);
}

/** `sent 12 files of the lake to be loaded; 30 were loaded already`. */
export const describeBackfill = ({ sent, loaded, leftOut }: Backfill): string =>
  `sent ${sent} files of the lake to be loaded; ${loaded} were loaded already` +
  (leftOut > 0 ? `, ${leftOut} of earlier days were left out` : '');
