import { keepTable } from './account-tables/keep-table.ts';
import type { Tidied } from './account-tables/keep-table.ts';
import { dueOf } from './process-events/retired-prefixes.ts';
import { readArguments } from './job-arguments.ts';
import type { LocalJob, LocalJobContext } from './job-runner.ts';

/** The jobs of the account tables on the laptop: what `glue-scripts/process_accounts.py` does on Spark. */
export const processAccounts: LocalJob = async (context) => {
  const { text, now } = readArguments(context);
  const bucket = text('bucket');
  return keepTable(context, { bucket, tidy: (orphans, retired) => retire(context, { bucket, orphans, retired, now }) });
};

interface Prefixes extends Omit<Tidied, 'deleted'> {
  readonly bucket: string;
  readonly orphans: readonly string[];
  readonly now: number;
}

/** Deletes prefixes of which no running query can be reading any more. */
async function retire({ objects }: LocalJobContext, { bucket, orphans, retired, now }: Prefixes): Promise<Tidied> {
  const { due, kept } = dueOf(retired, now);
  // One that a partition points to after all is not among those found.
  const gone = new Set(orphans.filter((prefix) => due.includes(prefix)));
  for (const prefix of gone) {
    for await (const { key } of objects.list(bucket, prefix)) await objects.delete(bucket, key);
  }
  // A prefix keeps the time at which it was first found without a partition.
  const known = new Set(kept.map(({ prefix }) => prefix));
  const at = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  const found = orphans.filter((prefix) => !gone.has(prefix) && !known.has(prefix)).map((prefix) => ({ prefix, at }));
  return { retired: [...kept, ...found], deleted: gone.size };
}
