import { createReadStream } from 'node:fs';
import { batchRecords, type Batch } from './batch-records.ts';
import { recordChecker, type CheckedRecord, type CheckOptions } from './check-record.ts';
import { readCsv } from './read-csv.ts';
import { readJsonLines } from './read-json-lines.ts';
import type { RejectsFile } from './rejects-file.ts';
import { sendBatch, type SendOptions } from './send-batch.ts';

export interface ImportOptions extends CheckOptions, SendOptions {
  readonly file: string;
  readonly format: 'csv' | 'jsonl';
  readonly rejects: RejectsFile;
  /** Most records of a request. */
  readonly batch: number;
  /** Requests under way at a time. */
  readonly concurrency: number;
  /** Hears how many more bytes of the file are done with. */
  readonly onDone: (bytes: number) => void;
}

/** What was stored. */
export interface Imported {
  readonly records: number;
  readonly events: number;
}

/**
 * Imports a file, of which no more than the requests under way is held in memory. Ends with the first request that fails
 * for good; what was stored until then does no harm to the next import.
 */
export async function importAccounts(options: ImportOptions): Promise<Imported> {
  const imported = { records: 0, events: 0 };
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const send = async (batch: Batch) => {
    const { records, events, rejects } = await sendBatch(batch, options);
    imported.records += records;
    imported.events += events;
    await options.rejects.add(rejects);
    options.onDone(batch.records.reduce((sum, { source }) => sum + source.bytes, 0));
  };
  for await (const batch of batchRecords(goodRecords(options), options.batch)) {
    const sending = send(batch)
      .catch((error: unknown) => void (failure ??= { error }))
      .finally(() => underWay.delete(sending));
    underWay.add(sending);
    if (underWay.size >= options.concurrency) await Promise.race(underWay);
    if (failure) break;
  }
  await Promise.all(underWay);
  if (failure) throw failure.error;
  return imported;
}

/** The records that the API takes; all others are rejected here. */
async function* goodRecords(options: ImportOptions): AsyncGenerator<CheckedRecord> {
  const check = recordChecker(options);
  const file = createReadStream(options.file, { highWaterMark: 1 << 20 });
  try {
    for await (const source of options.format === 'csv' ? readCsv(file) : readJsonLines(file)) {
      const checked = check(source);
      if ('json' in checked) {
        yield checked;
      } else {
        await options.rejects.add([checked]);
        options.onDone(source.bytes);
      }
    }
  } finally {
    file.destroy();
  }
}
