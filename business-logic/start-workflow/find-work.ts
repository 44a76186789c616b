import type { Manifest } from './manifest.ts';

/** Why the workflow has something to do. */
export type Work =
  | { readonly reason: 'new objects'; readonly object: string }
  | { readonly reason: 'a day is over'; readonly eventDate: string };

export interface FindWorkDeps {
  /** Undefined before the first run. */
  readonly readManifest: () => Promise<Manifest | undefined>;
  /** Keys below a prefix in order, from `startAfter` on. */
  readonly listKeys: (prefix: string, startAfter: string | undefined) => AsyncIterable<string>;
  readonly rawPrefix: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Looks for what the events job would do: a raw object that its manifest does not name, or files of a day that is over
 * and can be made one. Undefined when there is nothing. Reads the manifest, then lists only the days from which objects
 * may be missing.
 */
export async function findWork({ readManifest, listKeys, rawPrefix, now }: FindWorkDeps): Promise<Work | undefined> {
  const manifest = await readManifest();
  const today = new Date(now()).toISOString().slice(0, 10);
  const over = manifest?.growing.find(({ event_date: day }) => day < today);
  if (over) return { reason: 'a day is over', eventDate: over.event_date };

  const known = new Set([...(manifest?.objects ?? []), ...(manifest?.skipped.map(({ object }) => object) ?? [])]);
  const startAfter = manifest && `${rawPrefix}/ingest_date=${manifest.taken_before}`;
  for await (const key of listKeys(`${rawPrefix}/`, startAfter)) {
    if (isRawObject(key) && !known.has(key)) return { reason: 'new objects', object: key };
  }
  return undefined;
}

/** Files of a day's folder; what starts with `_` or `.` is hidden from every reader of the lake. */
const isRawObject = (key: string): boolean => /\/ingest_date=\d{4}-\d{2}-\d{2}\/[^/_.][^/]*$/.test(key);
