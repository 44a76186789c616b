import { linkSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lakeBucket, lakeDatabase } from '../../test/support/a-lake.ts';
import type { Summary } from '../../test/support/an-events-job.ts';
import { openJobLake } from '../../test/support/job-lake.ts';

/** A lake of the laptop in a folder of its own, and the events job over it. */
export interface BenchLake {
  /** Puts raw objects that lie below a folder into the lake. */
  take(folder: string, keys: readonly string[]): Promise<void>;
  /** Runs the job; seconds and what it says. */
  run(): Promise<{ readonly seconds: number; readonly summary: Summary }>;
  /** Files of a table, by its partitions. */
  files(table: string): Promise<readonly string[]>;
  remove(): Promise<void>;
}

/** @param now milliseconds since the epoch; the lake's clock stands still there */
export async function aJobLake(root: string, now: number): Promise<BenchLake> {
  mkdirSync(root, { recursive: true });
  const { job, objects, catalog, stop } = await openJobLake(root, now);
  const bucket = objects.bucketPath(lakeBucket);
  return {
    async take(folder, keys) {
      for (const key of keys) {
        mkdirSync(dirname(join(bucket, key)), { recursive: true });
        linkSync(join(folder, key), join(bucket, key));
      }
      // What was not put gets its ETag when it is first listed; what Firehose puts has one.
      await listed(objects.list(lakeBucket, 'raw_events/'));
    },
    async run() {
      const begun = performance.now();
      const summary = await job.run();
      return { seconds: (performance.now() - begun) / 1_000, summary };
    },
    async files(table) {
      const files: string[] = [];
      for (const { StorageDescriptor } of catalog.partitions(lakeDatabase, table)) {
        const prefix = StorageDescriptor!.Location!.replace(`s3://${lakeBucket}/`, '');
        files.push(...(await listed(objects.list(lakeBucket, prefix))));
      }
      return files.map((key) => join(bucket, key));
    },
    async remove() {
      await stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function listed(heads: AsyncIterable<{ readonly key: string }>): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of heads) keys.push(key);
  return keys;
}
