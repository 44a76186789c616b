import type { EventsJobPlan } from '../../../lib/etl/events-job-plan.ts';
import type { LocalJobContext } from '../job-runner.ts';
import type { LakeFile } from './raw-objects.ts';
import type { Settings } from './settings.ts';
import type { Workers } from './worker.ts';

/** What the parts of one run share. */
export interface Run {
  readonly context: LocalJobContext;
  readonly settings: Settings;
  readonly plan: EventsJobPlan;
  readonly workers: Workers;
  /** A condition that holds for what forgotten players sent, never null. */
  readonly forgotten: string;
  /** Working folder, on the lake's disk. */
  readonly folder: string;
}

/** What a run did to a table. */
export interface Changes {
  readonly created: number;
  readonly appended: number;
  readonly rewritten: number;
  /** Prefixes that no partition points to any more. */
  readonly retired: readonly string[];
}

/** Moves a finished file into the lake. */
export async function putFiles(
  run: Run,
  files: readonly { readonly path: string; readonly key: string }[],
): Promise<void> {
  const { objects, signal } = run.context;
  const queue = files.values();
  const work = async () => {
    for (const { path, key } of queue) {
      signal.throwIfAborted();
      await objects.putFile(run.settings.bucket, key, path, { contentType: 'application/octet-stream' });
    }
  };
  // Each waits for the disk most of its time.
  await Promise.all(Array.from({ length: 8 }, work));
}

/** Rows of Parquet files, by their footers. */
export async function countRows(run: Run, files: readonly LakeFile[]): Promise<ReadonlyMap<string, number>> {
  if (files.length === 0) return new Map();
  const list = files.map(({ path }) => `'${path.replaceAll("'", "''")}'`).join(', ');
  const rows = await run.workers.first.rows(`SELECT file_name, num_rows FROM parquet_file_metadata([${list}])`);
  return new Map(rows.map((row) => [String(row['file_name']), Number(row['num_rows'])]));
}
