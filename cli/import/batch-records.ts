import type { CheckedRecord, RecordKind } from './check-record.ts';

/** Records of one kind that go in one request. */
export interface Batch {
  readonly kind: RecordKind;
  readonly records: readonly CheckedRecord[];
}

/** Bytes of a request's body: less than a megabyte, of which the API takes no more. */
const maxBodyBytes = 999_000;

/** Puts records into requests, in their order, each of one kind and as many as fit. */
export async function* batchRecords(records: AsyncIterable<CheckedRecord>, maxRecords: number): AsyncGenerator<Batch> {
  const open = { player: emptyBatch(), studio: emptyBatch() };
  for await (const record of records) {
    const { kind, json } = record;
    const bytes = Buffer.byteLength(json) + 1;
    const { records: waiting, bytes: waitingBytes } = open[kind];
    if (waiting.length === maxRecords || waitingBytes + bytes > maxBodyBytes) {
      yield { kind, records: waiting };
      open[kind] = emptyBatch();
    }
    open[kind].records.push(record);
    open[kind].bytes += bytes;
  }
  for (const kind of ['studio', 'player'] as const) {
    if (open[kind].records.length > 0) yield { kind, records: open[kind].records };
  }
}

const emptyBatch = () => ({ records: [] as CheckedRecord[], bytes: 1 });
