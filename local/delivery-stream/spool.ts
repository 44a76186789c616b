import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Faults } from '../faults.ts';
import type { DeliverableRecord } from './lambda-stage.ts';

/**
 * One delivery buffer, in files: what will become the objects of one delivery. It need not outlive a crash, since the
 * journal still holds its records.
 */
export interface Spool {
  /** Records, each followed by the terminator. */
  readonly recordsPath: string;
  /** Where each record lies in `recordsPath`; see `readSpoolIndex`. */
  readonly indexPath: string;
  /** Lines of records that could not be transformed. */
  readonly errorsPath: string;
  readonly recordBytes: number;
  readonly errorBytes: number;
  /** Arrival of the oldest record, and of the oldest failed one. */
  readonly oldestRecord: number;
  readonly oldestError: number;
  /** One more than the last sequence it covers. */
  readonly end: number;
  /** When its first batch came. */
  readonly openedAt: number;
  append(batch: SpoolBatch): Promise<void>;
  /** Closes the files for reading. */
  seal(): Promise<void>;
  remove(): Promise<void>;
}

export interface SpoolBatch {
  readonly records: readonly DeliverableRecord[];
  readonly errorLines: readonly string[];
  readonly oldestError: number;
  readonly end: number;
}

export interface SpoolIndexEntry {
  readonly offset: number;
  readonly length: number;
  readonly arrival: number;
}

const indexEntryBytes = 24;

export async function createSpool(
  folder: string,
  options: { readonly openedAt: number; readonly terminator: Buffer; readonly faults?: Faults | undefined },
): Promise<Spool> {
  await mkdir(folder, { recursive: true });
  const base = join(folder, randomUUID());
  const paths = { recordsPath: `${base}.records`, indexPath: `${base}.index`, errorsPath: `${base}.errors` };
  const files = new Map<string, FileHandle>();
  let recordBytes = 0;
  let errorBytes = 0;
  let oldestRecord = Infinity;
  let oldestError = Infinity;
  let end = 0;

  async function write(path: string, parts: readonly Buffer[]): Promise<void> {
    if (parts.every(({ length }) => length === 0)) return;
    const file = files.get(path) ?? (await open(path, 'wx'));
    files.set(path, file);
    options.faults?.beforeWrite?.('buffer', path);
    await writeParts(file, parts);
  }

  async function close(): Promise<void> {
    await Promise.all([...files.values()].map((file) => file.close()));
    files.clear();
  }

  return {
    ...paths,
    openedAt: options.openedAt,
    get recordBytes() {
      return recordBytes;
    },
    get errorBytes() {
      return errorBytes;
    },
    get oldestRecord() {
      return oldestRecord;
    },
    get oldestError() {
      return oldestError;
    },
    get end() {
      return end;
    },
    async append(batch) {
      const parts: Buffer[] = [];
      const index = Buffer.alloc(batch.records.length * indexEntryBytes);
      for (const [i, { arrival, data }] of batch.records.entries()) {
        index.writeDoubleLE(recordBytes, i * indexEntryBytes);
        index.writeDoubleLE(data.length, i * indexEntryBytes + 8);
        index.writeDoubleLE(arrival, i * indexEntryBytes + 16);
        const ends =
          options.terminator.length > 0 && data.subarray(-options.terminator.length).equals(options.terminator);
        parts.push(data);
        if (!ends) parts.push(options.terminator);
        recordBytes += data.length + (ends ? 0 : options.terminator.length);
        oldestRecord = Math.min(oldestRecord, arrival);
      }
      const errors = Buffer.from(batch.errorLines.join(''));
      await write(paths.recordsPath, parts);
      await write(paths.indexPath, [index]);
      await write(paths.errorsPath, [errors]);
      errorBytes += errors.length;
      oldestError = Math.min(oldestError, batch.oldestError);
      end = batch.end;
    },
    seal: close,
    async remove() {
      await close();
      for (const path of Object.values(paths)) await rm(path, { force: true });
    },
  };
}

/** Without a copy of all in one: what V8 sees allocated brings on its next full collection. */
async function writeParts(file: FileHandle, parts: readonly Buffer[]): Promise<void> {
  let left = parts;
  while (left.length > 0) {
    let { bytesWritten } = await file.writev(left);
    const whole = left.findIndex(({ length }) => {
      if (bytesWritten < length) return true;
      bytesWritten -= length;
      return false;
    });
    left = whole === -1 ? [] : [left[whole]!.subarray(bytesWritten), ...left.slice(whole + 1)];
  }
}

/** The entries of an index, a few thousand at a time. */
export async function* readSpoolIndex(path: string): AsyncGenerator<SpoolIndexEntry> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(indexEntryBytes * 4096);
    for (let position = 0; ;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return;
      for (let at = 0; at + indexEntryBytes <= bytesRead; at += indexEntryBytes) {
        yield {
          offset: buffer.readDoubleLE(at),
          length: buffer.readDoubleLE(at + 8),
          arrival: buffer.readDoubleLE(at + 16),
        };
      }
      position += bytesRead;
    }
  } finally {
    await file.close();
  }
}
