import { open, type FileHandle } from 'node:fs/promises';
import { createFileWindow, type FileWindow } from './file-window.ts';
import { decodeRecords, type JournalRecord } from './journal-frame.ts';
import { readFrame, type JournalSegment } from './journal-segment.ts';

/** Reads a journal record by record, in order, up to what is safely on disk. One reader serves one caller. */
export interface JournalReader {
  /** Undefined when everything there is has been read; asks again later. */
  next(): Promise<JournalRecord | undefined>;
  close(): Promise<void>;
}

export function createJournalReader(segments: readonly JournalSegment[], from: number): JournalReader {
  let segment: JournalSegment | undefined;
  let file: FileHandle | undefined;
  let window: FileWindow | undefined;
  let offset = 0;
  let records: JournalRecord[] = [];
  let position = 0;
  let sequence = from;

  async function openNextSegment(): Promise<boolean> {
    const next = segments.find((candidate) => candidate.end > sequence && candidate.bytes > 0);
    if (next === undefined) return false;
    await file?.close();
    file = await open(next.path, 'r');
    segment = next;
    window = createFileWindow(file, () => next.bytes);
    offset = 0;
    return true;
  }

  async function readNextFrame(): Promise<boolean> {
    while (segment === undefined || window === undefined || offset >= segment.bytes) {
      if (segment !== undefined && segment.end > sequence) sequence = segment.end;
      if (!(await openNextSegment())) return false;
    }
    offset = segment.gaps.get(offset) ?? offset;
    const frame = await readFrame(window, offset, segment.nonce);
    if (frame === undefined) throw new Error(`the journal cannot be read at byte ${offset} of ${segment.path}`);
    offset += frame.bytes;
    records = decodeRecords(frame.header, frame.payload);
    position = Math.max(0, sequence - frame.header.firstSequence);
    return true;
  }

  return {
    async next() {
      while (position >= records.length) {
        if (!(await readNextFrame())) return undefined;
      }
      const record = records[position++]!;
      sequence = record.sequence + 1;
      return record;
    },
    async close() {
      await file?.close();
      file = undefined;
      segment = undefined;
    },
  };
}
