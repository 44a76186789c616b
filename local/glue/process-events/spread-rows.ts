import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './place.ts';
import { namingObjects, rawColumns, sizeOf } from './raw-objects.ts';
import type { LakeFile } from './raw-objects.ts';
import type { Run } from './run.ts';
import { filesSql, literal, valuesTable } from './sql.ts';
import { isTaken } from './survey.ts';
import type { Worker } from './worker.ts';

/** Places whose new rows are worked on at once. */
export interface Chunk {
  readonly places: readonly Place[];
  /** Raw objects that hold their rows, among others. */
  readonly files: readonly LakeFile[];
  /** Files of these rows alone; undefined where the raw objects are read themselves. */
  readonly spread?: readonly string[];
}

type Spreader = Pick<Run, 'folder' | 'workers' | 'forgotten'>;

/** Readings of the same raw rows that cost less than spreading them does. */
const mostReadings = 3;

/** Raw bytes of one statement: fewer, larger files come of more. */
const bundleBytes = 256e6;

/**
 * Sees to it that the time of a run grows with its rows. A raw object holds rows of many places, so many chunks would
 * each read all of it: where they would read too much, the rows are first spread over files of the chunks.
 */
export async function spreadRows(run: Spreader, chunks: readonly Chunk[]): Promise<readonly Chunk[]> {
  const files = [...new Set(chunks.flatMap((chunk) => chunk.files))];
  const readings = chunks.reduce((sum, chunk) => sum + sizeOf(chunk.files), 0);
  if (readings <= mostReadings * sizeOf(files)) return chunks;
  const root = join(run.folder, 'spread');
  await mkdir(root, { recursive: true });
  await run.workers.forEach(bundlesOf(files), async (worker, bundle, index) => {
    await spread(run, worker, { chunks, bundle, folder: join(root, String(index)) }).catch((error: unknown) => {
      throw namingObjects(error, bundle);
    });
  });
  const paths = await readdir(root, { recursive: true });
  return chunks.map((chunk, number) => {
    const own = paths.filter((path) => path.endsWith('.parquet') && path.split('/')[1] === folderOf(number));
    return { ...chunk, spread: own.map((path) => join(root, path)) };
  });
}

const folderOf = (number: number): string => `chunk=${number}`;

function bundlesOf(files: readonly LakeFile[]): LakeFile[][] {
  const bundles: LakeFile[][] = [];
  let bytes = Infinity;
  for (const file of files) {
    if (bytes + file.size > bundleBytes) {
      bundles.push([]);
      bytes = 0;
    }
    bundles.at(-1)!.push(file);
    bytes += file.size;
  }
  return bundles;
}

interface Spreading {
  readonly chunks: readonly Chunk[];
  readonly bundle: readonly LakeFile[];
  readonly folder: string;
}

async function spread({ forgotten }: Spreader, worker: Worker, { chunks, bundle, folder }: Spreading): Promise<void> {
  const types = { of_application: 'VARCHAR', of_date: 'DATE', chunk: 'INTEGER' };
  const numbers = chunks.flatMap(({ places }, number) =>
    places.map(({ applicationId, eventDate }) => [applicationId, eventDate, number] as const),
  );
  await worker.run(valuesTable('place_chunks', types, numbers));
  const rows = filesSql(
    bundle.map(({ path }) => path),
    rawColumns,
  );
  await worker.run(
    `COPY (
       SELECT * EXCLUDE (of_application, of_date)
       FROM (SELECT * FROM (${rows}) WHERE ${isTaken} AND NOT ${forgotten})
       JOIN place_chunks ON application_id = of_application AND CAST(event_at AS DATE) = of_date
     ) TO ${literal(folder)} (FORMAT parquet, COMPRESSION snappy, PARTITION_BY (chunk), OVERWRITE_OR_IGNORE)`,
  );
  await worker.run('DROP TABLE place_chunks');
}
