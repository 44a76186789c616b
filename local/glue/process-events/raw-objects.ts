import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import type { ObjectStore } from '../../runtime.ts';
import type { Settings } from './settings.ts';
import { fileList, literal } from './sql.ts';
import type { Worker } from './worker.ts';

/** An object of the lake and the file it is. */
export interface LakeFile {
  readonly key: string;
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** Bytes of files together. */
export const sizeOf = (files: readonly LakeFile[]): number => files.reduce((sum, { size }) => sum + size, 0);

/** Raw objects that are no Parquet of ours. */
export class UnreadableObjects extends Error {
  override readonly name = 'UnreadableObjects';

  constructor(errors: ReadonlyMap<string, string>, options?: ErrorOptions) {
    const sorted = [...errors].toSorted(([a], [b]) => (a < b ? -1 : 1));
    super(
      `raw objects cannot be read: ${sorted.map(([key, error]) => `${key} (${error})`).join('; ')}. Nothing is lost. ` +
        `Put back what they held, or go on without them by --skip ${sorted.map(([key]) => key).join(',')}`,
      options,
    );
  }
}

/** Without these, a file's rows would count as not accepted, and be lost in silence. */
const needed = [
  'event_id',
  'event_type',
  'event_at',
  'received_at',
  'application_id',
  'event_data',
  'status',
  'metadata',
];

/** Columns of the raw table that the plan's statements may read. */
export const rawColumns = rawEventColumns;

/** Raw objects of the folders that may have new ones, in the order of their keys. */
export async function listRawObjects(
  objects: ObjectStore,
  { bucket, rawPrefix }: Settings,
  takenBefore: string,
): Promise<LakeFile[]> {
  const after = takenBefore === '' ? undefined : `${rawPrefix}/ingest_date=${takenBefore}`;
  return listFiles(objects, bucket, `${rawPrefix}/`, after);
}

/** Files below a prefix, without what every reader of a lake passes over. */
export async function listFiles(
  objects: ObjectStore,
  bucket: string,
  prefix: string,
  after?: string,
): Promise<LakeFile[]> {
  const files: LakeFile[] = [];
  for await (const { key, size } of objects.list(bucket, prefix, after)) {
    const name = key.slice(key.lastIndexOf('/') + 1);
    if (name !== '' && !/^[_.]/.test(name)) files.push({ key, path: objects.readablePath(bucket, key), size });
  }
  return files;
}

/** Rows of all these raw objects, by their footers. Throws UnreadableObjects, naming every one without a good one. */
export async function countRawRows(worker: Worker, files: readonly LakeFile[]): Promise<number> {
  if (files.length === 0) return 0;
  try {
    return await readFooters(worker, files);
  } catch (cause) {
    const errors = new Map<string, string>();
    for (const file of files) {
      await readFooters(worker, [file]).catch((error: unknown) => errors.set(file.key, firstLine(error)));
    }
    throw errors.size === 0 ? cause : new UnreadableObjects(errors, { cause });
  }
}

async function readFooters(worker: Worker, files: readonly LakeFile[]): Promise<number> {
  const list = fileList(files.map(({ path }) => path));
  const lacking = await worker.rows(
    `SELECT file_name, list(name) AS names FROM parquet_schema(${list})
     WHERE name IN (${needed.map(literal).join(', ')}) GROUP BY file_name HAVING count(DISTINCT name) < ${needed.length}`,
  );
  const [first] = lacking;
  if (first) {
    const missing = needed.filter((name) => !(first['names'] as readonly string[]).includes(name));
    throw new Error(`columns are missing: ${missing.join(', ')}`);
  }
  const [row] = await worker.rows(
    `SELECT sum(num_rows) AS num_rows, count(*) AS files,
       (SELECT count(DISTINCT file_name) FROM parquet_schema(${list}) WHERE name = 'event_id') AS known
     FROM parquet_file_metadata(${list})`,
  );
  if (Number(row?.['known']) < files.length) throw new Error(`columns are missing: ${needed.join(', ')}`);
  return Number(row?.['num_rows']);
}

/** What is wrong with an object that is to be skipped, for the manifest; it may have been good. */
export async function whyUnreadable(worker: Worker, file: LakeFile): Promise<string> {
  try {
    await readFooters(worker, [file]);
    await worker.run(`SELECT count(COLUMNS(*)) FROM read_parquet(${fileList([file.path])})`);
    return 'none: it can be read';
  } catch (error) {
    return firstLine(error);
  }
}

/** The same failure with the names of the raw objects that it speaks of, if it does. */
export function namingObjects(error: unknown, files: readonly LakeFile[]): unknown {
  const text = error instanceof Error ? error.message : String(error);
  const named = files.filter(({ path }) => text.includes(path));
  if (named.length === 0) return error;
  return new UnreadableObjects(new Map(named.map(({ key }) => [key, firstLine(error)])), { cause: error });
}

function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.slice(0, 500);
}
