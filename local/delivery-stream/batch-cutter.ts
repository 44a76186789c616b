import type { Clock } from '../runtime.ts';
import { hasPassed } from '../has-passed.ts';
import type { JournalRecord } from './journal-frame.ts';
import type { JournalReader } from './journal-reader.ts';
import type { Journal } from './journal.ts';
import type { Buffering } from './settings.ts';

export interface BatchCutterOptions {
  readonly journal: Pick<Journal, 'end'>;
  /** How large and how old a batch may become. */
  readonly batching: Buffering;
  /** Another measure than bytes that a batch is held to. */
  readonly cost?: { of(record: JournalRecord): number; readonly limit: number };
  readonly clock: Clock;
}

/** Records that go through the transform together. */
export interface Batch {
  readonly records: readonly JournalRecord[];
  /** One more than the last sequence it covers. */
  readonly end: number;
}

/** Cuts the journal into batches by size and by the age of their oldest record. */
export function createBatchCutter(
  reader: JournalReader,
  { journal, batching, cost, clock }: BatchCutterOptions,
  flushTarget: () => number,
) {
  let records: JournalRecord[] = [];
  let bytes = 0;
  let spent = 0;
  let leftOver: JournalRecord | undefined;
  /** Everything before this has been read, gaps included. */
  let readTo = 0;

  function take(): Batch {
    const batch = { records, end: leftOver?.sequence ?? readTo };
    records = [];
    bytes = 0;
    spent = 0;
    return batch;
  }

  return {
    isEmpty: () => records.length === 0 && leftOver === undefined,
    readTo: () => readTo,
    /** Undefined when no batch is due yet. */
    async next(): Promise<Batch | undefined> {
      for (;;) {
        const known = journal.end;
        const record = leftOver ?? (await reader.next());
        leftOver = undefined;
        if (record === undefined) {
          readTo = Math.max(readTo, known);
          break;
        }
        readTo = Math.max(readTo, record.sequence + 1);
        const price = cost?.of(record) ?? 0;
        const isFull =
          bytes + record.data.length > batching.bytes || (cost !== undefined && spent + price > cost.limit);
        if (records.length > 0 && isFull) {
          leftOver = record;
          return take();
        }
        records.push(record);
        bytes += record.data.length;
        spent += price;
      }
      const [oldest] = records;
      if (oldest === undefined) return undefined;
      const isDue = hasPassed(batching.milliseconds, oldest.arrival, clock()) || flushTarget() > oldest.sequence;
      return isDue ? take() : undefined;
    },
  };
}
