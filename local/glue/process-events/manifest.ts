import { z } from 'zod';
import type { ObjectStore } from '../../runtime.ts';
import { openStateFile } from '../state-file.ts';
import type { StateFile } from '../state-file.ts';
import { shiftDay } from './place.ts';

const manifestText = z.strictObject({
  version: z.literal(1),
  taken_before: z.string(),
  objects: z.array(z.string()),
  skipped: z.array(z.strictObject({ object: z.string(), run_id: z.string(), at: z.string(), error: z.string() })),
  growing: z.array(z.strictObject({ application_id: z.string(), event_date: z.string() })),
  retired: z.array(z.strictObject({ prefix: z.string(), at: z.string() })),
});

/** What earlier runs have taken: everything before a day of arrival, and the objects named. As it stands in S3. */
export type Manifest = z.infer<typeof manifestText>;

/** What a lake begins with: everything is new. */
export const emptyManifest: Manifest = {
  version: 1,
  taken_before: '',
  objects: [],
  skipped: [],
  growing: [],
  retired: [],
};

/** The manifest as a run found it; see `StateFile`. */
export interface ManifestFile extends Pick<StateFile, 'checkUnchanged'> {
  readonly manifest: Manifest;
  /** Whether there was anything to write. Throws AnotherRunFinished. */
  write(manifest: Manifest): Promise<boolean>;
}

export async function openManifest(objects: ObjectStore, bucket: string, key: string): Promise<ManifestFile> {
  const file = await openStateFile(objects, bucket, key);
  return {
    manifest: file.text === undefined ? emptyManifest : manifestText.parse(JSON.parse(file.text)),
    checkUnchanged: file.checkUnchanged,
    write: (manifest) => file.write(formatManifest(manifest)),
  };
}

/** The same text for the same manifest, so that an unchanged one need not be written. */
function formatManifest(manifest: Manifest): string {
  const sorted = {
    version: 1,
    taken_before: manifest.taken_before,
    objects: manifest.objects.toSorted(),
    skipped: manifest.skipped,
    growing: manifest.growing.toSorted(
      (a, b) => compare(a.application_id, b.application_id) || compare(a.event_date, b.event_date),
    ),
    retired: manifest.retired.toSorted((a, b) => compare(a.prefix, b.prefix)),
  };
  return JSON.stringify(sorted, null, 1);
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** The objects to take; throws Error on a key of `skip` that is not among the new ones. */
export function chooseObjects(manifest: Manifest, listed: readonly string[], skip: readonly string[]): string[] {
  const known = new Set([...manifest.objects, ...manifest.skipped.map(({ object }) => object)]);
  const found = listed.filter((key) => !known.has(key));
  const unknown = skip.filter((key) => !found.includes(key));
  if (unknown.length > 0) {
    throw new Error(
      `--skip names what is no new raw object: ${unknown.join(', ')}. It was taken or skipped before, or does not ` +
        'exist; keys look like raw_events/ingest_date=2026-11-18/name.parquet',
    );
  }
  return found.filter((key) => !skip.includes(key));
}

/** Folders of so many days may still grow: Firehose names them after the oldest record of a file. */
const openFolderDays = 3;

/** What the manifest says of raw objects once all that is new was taken: closed folders' objects are forgotten. */
export function takeObjects(
  manifest: Manifest,
  taken: readonly string[],
  { rawPrefix, today }: { readonly rawPrefix: string; readonly today: string },
): Pick<Manifest, 'taken_before' | 'objects'> {
  const closed = shiftDay(today, -openFolderDays);
  const takenBefore = manifest.taken_before > closed ? manifest.taken_before : closed;
  // An object elsewhere below the prefix is of no day, so its name is kept for good.
  const isOpen = (key: string) => (ingestDateOf(key, rawPrefix) ?? takenBefore) >= takenBefore;
  return { taken_before: takenBefore, objects: [...new Set([...manifest.objects, ...taken])].filter(isOpen) };
}

function ingestDateOf(key: string, rawPrefix: string): string | undefined {
  return /^ingest_date=(\d{4}-\d\d-\d\d)\//.exec(key.slice(rawPrefix.length + 1))?.[1];
}
