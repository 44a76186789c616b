import { mostBytesPerBatch, mostRecordsPerBatch } from '../../business-logic/shared/delivery/put-records.ts';
import { isOfOneRequest, replayDocument, type ReplayEvent, type ReplayRun } from './replay-document.ts';

/** A record of the stream, and the arrivals that it holds. */
export interface ReplayRecord {
  readonly data: string;
  readonly keys: readonly string[];
}

/**
 * How much a record holds. Firehose bills it rounded up to 5 KB, which is little of this; and the transform answers a
 * record of this size within its limit whatever its events are (`business-logic/events-processing/limits.ts`), so that
 * what failed for its size does not fail again.
 */
const wantedBytes = 250_000;
const wantedEvents = 500;

/** Records of the events in their order: requests one after another, each with the events of it that follow each other. */
export async function* packRecords(events: AsyncIterable<ReplayEvent>, run: ReplayRun): AsyncGenerator<ReplayRecord> {
  let requests: ReplayEvent[][] = [];
  let bytes = 0;
  let count = 0;
  const record = (): ReplayRecord => ({
    data: requests.map((request) => replayDocument(request, run)).join('\n'),
    keys: requests.flat().map(({ mark }) => mark.key),
  });
  for await (const event of events) {
    // Alone in its request, it takes at most this.
    const size = Buffer.byteLength(replayDocument([event], run)) + 1;
    if (count > 0 && (count === wantedEvents || bytes + size > wantedBytes)) {
      yield record();
      requests = [];
      bytes = 0;
      count = 0;
    }
    const last = requests.at(-1);
    if (last?.[0] && isOfOneRequest(last[0], event)) last.push(event);
    else requests.push([event]);
    bytes += size;
    count += 1;
  }
  if (count > 0) yield record();
}

/** Batches that one call takes. */
export async function* batchRecords(records: AsyncIterable<ReplayRecord>): AsyncGenerator<readonly ReplayRecord[]> {
  let batch: ReplayRecord[] = [];
  let bytes = 0;
  for await (const record of records) {
    const size = Buffer.byteLength(record.data);
    if (batch.length === mostRecordsPerBatch || (batch.length > 0 && bytes + size > mostBytesPerBatch)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(record);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
