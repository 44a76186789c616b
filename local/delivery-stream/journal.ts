import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { syncFolder } from '../durable-files.ts';
import type { Faults } from '../faults.ts';
import { AwsError, type LocalLog } from '../runtime.ts';
import { encodeFrame, type FrameInput } from './journal-frame.ts';
import { createJournalReader, type JournalReader } from './journal-reader.ts';
import { newSegment, scanSegments, type JournalSegment, type ScannedSegment } from './journal-segment.ts';

export interface JournalOptions {
  readonly folder: string;
  /** Everything before this sequence has been delivered. */
  readonly delivered: number;
  readonly log: LocalLog;
  /** A segment that has grown this long is followed by a new one. Default 16 MiB. */
  readonly segmentBytes?: number;
  readonly faults?: Faults | undefined;
}

/**
 * Records on disk, in the order they came. A put is acknowledged only once its bytes are flushed to the disk; puts that
 * arrive while a flush runs share the next one.
 */
export interface Journal {
  /** One more than the last acknowledged sequence. */
  readonly end: number;
  /**
   * Resolves with the first record's sequence when all are on disk. Throws InternalFailure (they could
   * not be written), ServiceUnavailableException (the journal is closed).
   */
  append(data: readonly Buffer[], arrival: number): Promise<number>;
  /** The same for records that bring a note or a time of arrival of their own. */
  appendRecords(records: FrameInput): Promise<number>;
  /** The files there are, oldest first: which records they hold, and when those arrived. */
  segments(): readonly Pick<JournalSegment, 'firstSequence' | 'end' | 'arrivals'>[];
  read(from: number): JournalReader;
  /** Removes the segments in which everything has been delivered. */
  release(delivered: number): Promise<void>;
  /** Why nothing can be written; undefined while it can. */
  problem(): string | undefined;
  /** Tries to write again after a failure. */
  probe(): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  readonly records: FrameInput;
  readonly resolve: (firstSequence: number) => void;
  readonly reject: (error: Error) => void;
}

/** A flush takes up to this many bytes at once. */
const frameBytes = 4 << 20;

export async function openJournal({
  folder,
  delivered,
  log,
  segmentBytes = 16 << 20,
  faults,
}: JournalOptions): Promise<Journal> {
  await mkdir(folder, { recursive: true });
  const scanned = await scanSegments(folder);
  await reportDamage(folder, scanned, delivered, log);

  const segments: JournalSegment[] = scanned.map(({ segment }) => segment);
  let end = Math.max(delivered, ...segments.map((segment) => Math.max(segment.end, segment.acknowledged)));
  /** Sequences up to here may stand in a frame that was written but not acknowledged. */
  let used = end;
  let active: { readonly segment: JournalSegment; readonly file: FileHandle } | undefined;
  let waiting: Waiting[] = [];
  let draining: Promise<void> | undefined;
  let problem: string | undefined;
  let closed = false;
  /** One frame is written at a time: they share their memory, which would be asked of the system for each. */
  let frameRoom = Buffer.alloc(0);

  function room(bytes: number): Buffer {
    if (bytes > frameBytes) return Buffer.allocUnsafe(bytes);
    if (bytes > frameRoom.length) frameRoom = Buffer.allocUnsafeSlow(Math.min(frameBytes, 2 * bytes));
    return frameRoom.subarray(0, bytes);
  }

  async function activeSegment() {
    if (active !== undefined && active.segment.bytes < segmentBytes) return active;
    await active?.file.close();
    active = undefined;
    const segment = newSegment(folder, used, end);
    const file = await open(segment.path, 'wx');
    active = { segment, file };
    segments.push(segment);
    await syncFolder(folder);
    return active;
  }

  async function write(group: readonly Waiting[]): Promise<number> {
    const records = group.flatMap((one) => one.records);
    const { segment, file } = await activeSegment();
    const firstSequence = used;
    used += records.length;
    const frame = encodeFrame(segment.nonce, firstSequence, records, room);
    faults?.beforeWrite?.('journal', segment.path);
    await writeAll(file, frame, segment.bytes);
    await file.datasync();
    segment.bytes += frame.length;
    segment.end = used;
    segment.arrivals = {
      first: segment.arrivals?.first ?? records[0]!.arrival,
      last: records.at(-1)!.arrival,
    };
    end = used;
    return firstSequence;
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const group = takeGroup();
      try {
        let sequence = await write(group);
        problem = undefined;
        for (const one of group) {
          one.resolve(sequence);
          sequence += one.records.length;
        }
      } catch (error) {
        await abandonSegment();
        problem = `the journal cannot be written: ${String(error)}`;
        log.error('the journal cannot be written', { folder, error: String(error) });
        for (const { reject } of group) reject(notWritten());
      }
    }
    draining = undefined;
  }

  function takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (; count < waiting.length && (count === 0 || bytes < frameBytes); count++) {
      for (const { data } of waiting[count]!.records) bytes += data.length;
    }
    const group = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return group;
  }

  /** After a failed write nothing is known of the file's tail: what follows goes to a new file. */
  async function abandonSegment(): Promise<void> {
    const left = active;
    active = undefined;
    await left?.file.close().catch(() => undefined);
    // One that holds nothing would stay for every put that a full disk refuses.
    if (left === undefined || left.segment.bytes > 0) return;
    segments.splice(segments.indexOf(left.segment), 1);
    await rm(left.segment.path, { force: true }).catch(() => undefined);
  }

  function appendRecords(records: FrameInput): Promise<number> {
    if (closed) return Promise.reject(unavailable());
    return new Promise((resolve, reject) => {
      waiting.push({ records, resolve, reject });
      // Puts of the same turn of the event loop share the flush.
      draining ??= Promise.resolve().then(drain);
    });
  }

  return {
    get end() {
      return end;
    },
    append: (data, arrival) => appendRecords(data.map((one) => ({ arrival, data: one }))),
    appendRecords,
    segments: () => segments,
    read: (from) => createJournalReader(segments, from),
    async release(before) {
      for (const segment of segments.filter((one) => one.end <= before && one !== active?.segment)) {
        segments.splice(segments.indexOf(segment), 1);
        await rm(segment.path, { force: true });
      }
    },
    problem: () => problem,
    async probe() {
      if (problem === undefined || closed) return;
      const path = join(folder, `${randomUUID()}.probe`);
      try {
        faults?.beforeWrite?.('journal', path);
        const file = await open(path, 'wx');
        await file.writeFile(Buffer.alloc(64 << 10));
        await file.sync();
        await file.close();
        problem = undefined;
      } catch (error) {
        problem = `the journal cannot be written: ${String(error)}`;
      } finally {
        await rm(path, { force: true }).catch(() => undefined);
      }
    },
    async close() {
      closed = true;
      await draining;
      await active?.file.close();
      active = undefined;
    },
  };
}

async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
  }
}

/** Not a ServiceUnavailableException, by which Firehose throttles: whoever sends should hear that the fault is here. */
function notWritten(): AwsError {
  return new AwsError('InternalFailure', 'The request processing has failed because of an internal error.', 500);
}

function unavailable(): AwsError {
  return new AwsError(
    'ServiceUnavailableException',
    'The service is unavailable. Back off and retry the operation.',
    503,
  );
}

/**
 * A write that was cut off at the end of a segment was never acknowledged and is passed over. Damage anywhere else hit
 * acknowledged records: what is intact is delivered, the damaged file is kept and the loss is said.
 */
async function reportDamage(folder: string, scanned: readonly ScannedSegment[], delivered: number, log: LocalLog) {
  for (const [i, { segment, tornBytes }] of scanned.entries()) {
    const following = scanned[i + 1]?.segment;
    const isCutShort =
      following !== undefined && segment.end < following.acknowledged && following.acknowledged > delivered;
    if (segment.gaps.size > 0 || isCutShort) {
      const kept = join(folder, 'damaged', basename(segment.path));
      await mkdir(join(folder, 'damaged'), { recursive: true });
      await copyFile(segment.path, kept);
      log.error('acknowledged records of the journal are damaged', { kept, gaps: segment.gaps.size });
    } else if (tornBytes > 0) {
      log.info('a write that was cut off before its acknowledgement is passed over', { path: segment.path, tornBytes });
    }
  }
}
