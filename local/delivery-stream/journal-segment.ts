import { randomBytes } from 'node:crypto';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createFileWindow, type FileWindow } from './file-window.ts';
import {
  arrivalsOf,
  frameHeaderBytes,
  isIntact,
  nonceBytes,
  readFrameHeader,
  type FrameHeader,
} from './journal-frame.ts';

/** One file of the journal. */
export interface JournalSegment {
  readonly path: string;
  /** Marks this segment's frames; random, so that no payload can look like one. */
  readonly nonce: Buffer;
  readonly firstSequence: number;
  /** What had been acknowledged when the segment began: the segments before it must reach this far. */
  readonly acknowledged: number;
  /** One more than the last record that is safely on disk. */
  end: number;
  /** Bytes that are safely on disk. */
  bytes: number;
  /** When its first and its last record arrived, in milliseconds since the epoch; undefined while it has none. */
  arrivals: { readonly first: number; readonly last: number } | undefined;
  /** Damaged stretches: from where a frame should begin to where the next intact one does. */
  readonly gaps: ReadonlyMap<number, number>;
}

const namePattern = /^(\d{16})-(\d{16})-([0-9a-f]{16})\.journal$/;

export function newSegment(folder: string, firstSequence: number, acknowledged: number): JournalSegment {
  const nonce = randomBytes(nonceBytes);
  const name = `${digits(firstSequence)}-${digits(acknowledged)}-${nonce.toString('hex')}.journal`;
  return {
    path: join(folder, name),
    nonce,
    firstSequence,
    acknowledged,
    end: firstSequence,
    bytes: 0,
    arrivals: undefined,
    gaps: new Map(),
  };
}

function digits(sequence: number): string {
  return String(sequence).padStart(16, '0');
}

/** What a segment turned out to hold. */
export interface ScannedSegment {
  readonly segment: JournalSegment;
  /** Bytes at the end that are no whole frame: a write that was cut off. */
  readonly tornBytes: number;
}

/** Reads every segment of a folder, oldest first, checking each frame. */
export async function scanSegments(folder: string): Promise<ScannedSegment[]> {
  const scanned: ScannedSegment[] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    const match = namePattern.exec(name);
    if (match) {
      const [, first = '', acknowledged = '', nonce = ''] = match;
      scanned.push(await scan(join(folder, name), Buffer.from(nonce, 'hex'), Number(first), Number(acknowledged)));
    }
  }
  return scanned;
}

async function scan(path: string, nonce: Buffer, firstSequence: number, acknowledged: number): Promise<ScannedSegment> {
  const gaps = new Map<number, number>();
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const window = createFileWindow(file, () => size);
    let bytes = 0;
    let end = firstSequence;
    let arrivals: JournalSegment['arrivals'];
    while (bytes < size) {
      let at: number | undefined = bytes;
      let frame = await readFrame(window, at, nonce);
      if (frame === undefined) {
        at = await findFrame(window, bytes + 1, size, nonce);
        if (at === undefined) break;
        gaps.set(bytes, at);
        frame = (await readFrame(window, at, nonce))!;
      }
      bytes = at + frame.bytes;
      end = frame.header.firstSequence + frame.header.count;
      const { first, last } = arrivalsOf(frame.header, frame.payload);
      arrivals = { first: arrivals?.first ?? first, last };
    }
    const segment = { path, nonce, firstSequence, acknowledged, end, bytes, arrivals, gaps };
    return { segment, tornBytes: size - bytes };
  } finally {
    await file.close();
  }
}

export interface Frame {
  readonly header: FrameHeader;
  readonly payload: Buffer;
  /** Header included. */
  readonly bytes: number;
}

/** Undefined where no intact frame of this segment begins. */
export async function readFrame(file: FileWindow, at: number, nonce: Buffer): Promise<Frame | undefined> {
  const headerBytes = await file.read(at, frameHeaderBytes);
  const header = headerBytes && readFrameHeader(headerBytes, nonce);
  if (headerBytes === undefined || header === undefined) return undefined;
  const payload = await file.read(at + frameHeaderBytes, header.payloadBytes);
  if (payload === undefined || !isIntact(headerBytes, payload)) return undefined;
  return { header, payload, bytes: frameHeaderBytes + header.payloadBytes };
}

/** The next intact frame at or after a place; only damaged segments are searched. */
async function findFrame(file: FileWindow, from: number, size: number, nonce: Buffer): Promise<number | undefined> {
  const stepBytes = 1 << 16;
  for (let start = from; start < size; start += stepBytes) {
    const step = await file.read(start, Math.min(stepBytes + nonceBytes, size - start));
    if (step === undefined) return undefined;
    for (let at = step.indexOf(nonce); at !== -1; at = step.indexOf(nonce, at + 1)) {
      if ((await readFrame(file, start + at, nonce)) !== undefined) return start + at;
    }
  }
  return undefined;
}
