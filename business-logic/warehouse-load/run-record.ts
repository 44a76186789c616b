import * as z from 'zod';
import type { StateObjects } from '../shared/warehouse/state-objects.ts';

/**
 * What a run holds and how far it is. It lies in the lake: the receipts of its messages are more than a state of the
 * machine may hold, and whatever a run leaves behind when it dies is taken over by the next.
 */
const runRecord = z.object({
  version: z.literal(1),
  /** Makes the tokens of this run's batches its own. */
  token: z.string(),
  /** Raw objects by key, each with the receipts of the messages that told of it. */
  files: z.record(z.string(), z.array(z.string())),
  /** What is still to be loaded, one transaction each; the first is the current one. */
  batches: z.array(z.array(z.string())),
  /** How many batches have been sent. */
  attempts: z.number(),
  /** Id of the current batch's statement, while there is one. */
  statement: z.string().optional(),
  /** Why the current batch failed, if it did. */
  error: z.string().optional(),
  /** How often the current batch was sent again because of others that wrote at the same time. */
  retries: z.number(),
  /** Files that this run has loaded, and that it had to give up. */
  loaded: z.number(),
  failed: z.number(),
  /** The queue had more than one run takes. */
  hasMore: z.boolean(),
});

export type RunRecord = z.infer<typeof runRecord>;

/** The records of runs. */
export interface RunRecords {
  /** @throws Error when there is none */
  read(run: string): Promise<RunRecord>;
  write(run: string, record: RunRecord): Promise<void>;
  /** Names of runs that have a record. */
  list(): Promise<readonly string[]>;
  /** Removes the record and whatever else lies beside it. */
  delete(run: string): Promise<void>;
  /** Writes the list of files that Redshift loads in one batch, and answers its key. */
  writeManifest(run: string, attempt: number, bucket: string, keys: readonly string[]): Promise<string>;
}

/** Sizes that are asked for at a time. */
const parallelCalls = 20;

/** @param folder the lake's folder of loads, without a slash */
export function runRecords(objects: StateObjects, folder: string): RunRecords {
  const keyOf = (run: string) => `${folder}/${run}/run.json`;
  return {
    async read(run) {
      const content = await objects.read(keyOf(run));
      if (content === undefined) throw new Error(`the run ${run} has no record`);
      return runRecord.parse(content);
    },
    write: (run, record) => objects.write(keyOf(run), record),
    async list() {
      const keys = await objects.list(`${folder}/`);
      const names = keys.filter((key) => key.endsWith('/run.json')).map((key) => key.split('/').at(-2)!);
      return [...new Set(names)];
    },
    delete: async (run) => {
      const keys = await objects.list(`${folder}/${run}/`);
      // The record last: whoever finds it finds the rest as well.
      await objects.delete(keys.filter((key) => key !== keyOf(run)));
      await objects.delete([keyOf(run)]);
    },
    async writeManifest(run, attempt, bucket, keys) {
      const key = `${folder}/${run}/${attempt}.manifest`;
      const entries: object[] = [];
      for (let from = 0; from < keys.length; from += parallelCalls) {
        const some = keys.slice(from, from + parallelCalls).map(async (file) => ({
          url: `s3://${bucket}/${file}`,
          mandatory: true,
          // Of columnar files Redshift wants to know the size; one that is gone fails as mandatory.
          meta: { content_length: (await objects.size(file)) ?? 0 },
        }));
        entries.push(...(await Promise.all(some)));
      }
      await objects.write(key, { entries });
      return key;
    },
  };
}
