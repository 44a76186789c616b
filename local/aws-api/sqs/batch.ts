import { AwsError } from '../../runtime.ts';
import type { Input } from './inputs.ts';

/** Entries of a batch. */
export const MOST_ENTRIES = 10;

/** Each entry by itself: what is wrong with one does not keep the others. */
export async function inBatch(entries: readonly Input[], task: (entry: Input) => Promise<Record<string, unknown>>) {
  const Successful: unknown[] = [];
  const Failed: unknown[] = [];
  await Promise.all(
    entries.map(async (entry) => {
      try {
        Successful.push({ Id: entry.Id, ...(await task(entry)) });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
      }
    }),
  );
  return { Successful, ...(Failed.length > 0 && { Failed }) };
}

/** Throws EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct. */
export function entriesInput({ Entries }: Input): readonly Input[] {
  const entries = (Array.isArray(Entries) ? Entries : []) as readonly Input[];
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'The batch request does not contain any entries.');
  if (entries.length > MOST_ENTRIES) {
    const message = `Maximum number of entries per request are ${MOST_ENTRIES}. You have sent ${entries.length}.`;
    throw new AwsError('TooManyEntriesInBatchRequest', message);
  }
  const ids = entries.map(({ Id }) => Id);
  if (!ids.every((id) => typeof id === 'string' && /^[\w-]{1,80}$/.test(id))) {
    throw new AwsError('InvalidBatchEntryId', 'A batch entry id can only contain alphanumeric characters, - and _.');
  }
  if (new Set(ids).size < ids.length) throw new AwsError('BatchEntryIdsNotDistinct', 'Two entries have the same Id.');
  return entries;
}
