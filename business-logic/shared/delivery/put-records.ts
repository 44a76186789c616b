import { setTimeout as delay } from 'node:timers/promises';
import { Throttled } from '../http/errors.ts';

/** Stores records in the stream, all of them, or fails. */
export type PutRecords = (records: Iterable<string>) => Promise<void>;

/** Puts a batch once; tells the error code of each record in its place, undefined where it was stored. */
export type PutBatch = (records: readonly Buffer[]) => Promise<readonly (string | undefined)[]>;

/**
 * Firehose takes 500 records or 4 MiB in a batch, whichever is smaller; Kinesis 500 records and more bytes than that
 * (their API references, PutRecordBatch and PutRecords).
 */
export const mostRecordsPerBatch = 500;
export const mostBytesPerBatch = 4 * 1_024 * 1_024;
const usualTries = 6;
const firstWaitMilliseconds = 100;
const throttlingCodes: ReadonlySet<string> = new Set([
  'ServiceUnavailableException',
  'ThrottlingException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'KMSThrottlingException',
]);

/**
 * Puts records into a stream, batch after batch. A batch may be stored in part: what was not is sent again, and that
 * alone, waiting longer each time.
 * @param wait sleeps before the next try; 100 ms to begin with, twice as long each time
 * @throws Throttled when the stream still takes no more after so many tries, Error when it refuses for another reason
 */
export function putRecords(
  putBatch: PutBatch,
  wait: (milliseconds: number) => Promise<unknown> = delay,
  maxTries: number = usualTries,
): PutRecords {
  const putAll = async (batch: readonly Buffer[]): Promise<void> => {
    let left = batch;
    for (let tries = 1; ; tries += 1) {
      const { stillLeft, code } = await putOnce(putBatch, left);
      if (stillLeft.length === 0) return;
      left = stillLeft;
      if (tries === maxTries) throw notStored(code, tries);
      await wait(firstWaitMilliseconds * 2 ** (tries - 1));
    }
  };
  return async (records) => {
    for (const batch of batches(records)) await putAll(batch);
  };
}

interface Outcome {
  readonly stillLeft: readonly Buffer[];
  /** Why something is left. */
  readonly code: string | undefined;
}

async function putOnce(putBatch: PutBatch, records: readonly Buffer[]): Promise<Outcome> {
  try {
    const codes = await putBatch(records);
    return {
      stillLeft: records.filter((_, at) => codes[at] !== undefined),
      code: codes.find((code) => code !== undefined),
    };
  } catch (error) {
    if (error instanceof Error && throttlingCodes.has(error.name)) return { stillLeft: records, code: error.name };
    throw error;
  }
}

function notStored(code: string | undefined, tries: number): Error {
  if (code !== undefined && throttlingCodes.has(code)) {
    return new Throttled('not all could be stored at the moment; send the same request again');
  }
  return new Error(`the stream did not take all records in ${tries} tries: ${code}`);
}

function* batches(records: Iterable<string>): Generator<readonly Buffer[]> {
  let batch: Buffer[] = [];
  let bytes = 0;
  for (const record of records) {
    const data = Buffer.from(record);
    if (batch.length === mostRecordsPerBatch || bytes + data.length > mostBytesPerBatch) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(data);
    bytes += data.length;
  }
  if (batch.length > 0) yield batch;
}
