import { crc32 } from 'node:zlib';

/** One record as it was put. */
export interface JournalRecord {
  /** Grows by one with every record of the stream. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly arrival: number;
  readonly data: Buffer;
  /** What is known of it beside its data: a partition key, or where in which shard it was read. */
  readonly note?: string;
}

/**
 * A frame holds the records of one flush to disk: it is there whole or it was never acknowledged.
 * Header: nonce of the segment (8 bytes), payload length, record count (4 each), first sequence (8), CRC-32 of all but
 * itself (4). Payload: for each record its length (4), arrival (8) and data. The length's highest bit says that a note
 * stands between arrival and data: its length (4) and text. Numbers are little-endian.
 */
export const frameHeaderBytes = 28;
export const nonceBytes = 8;
const recordHeaderBytes = 12;
const noteHeaderBytes = 4;
const noteBit = 0x8000_0000;
const checksumAt = 24;

export interface FrameHeader {
  readonly payloadBytes: number;
  readonly count: number;
  readonly firstSequence: number;
  readonly checksum: number;
}

export type FrameInput = readonly Omit<JournalRecord, 'sequence'>[];

/** `room` gives the memory for a frame of so many bytes; what is in it does not matter. */
export function encodeFrame(
  nonce: Buffer,
  firstSequence: number,
  records: FrameInput,
  room: (bytes: number) => Buffer = Buffer.allocUnsafe,
): Buffer {
  const payloadBytes = records.reduce((sum, record) => sum + recordBytes(record), 0);
  const frame = room(frameHeaderBytes + payloadBytes);
  nonce.copy(frame, 0);
  frame.writeUInt32LE(payloadBytes, 8);
  frame.writeUInt32LE(records.length, 12);
  frame.writeDoubleLE(firstSequence, 16);

  let at = frameHeaderBytes;
  for (const { arrival, data, note } of records) {
    frame.writeUInt32LE(note === undefined ? data.length : data.length + noteBit, at);
    frame.writeDoubleLE(arrival, at + 4);
    at += recordHeaderBytes;
    if (note !== undefined) {
      const noteBytes = frame.write(note, at + noteHeaderBytes);
      frame.writeUInt32LE(noteBytes, at);
      at += noteHeaderBytes + noteBytes;
    }
    at += data.copy(frame, at);
  }
  frame.writeUInt32LE(checksumOf(frame, frame.subarray(frameHeaderBytes)), checksumAt);
  return frame;
}

const recordBytes = ({ data, note }: FrameInput[number]): number =>
  recordHeaderBytes + data.length + (note === undefined ? 0 : noteHeaderBytes + Buffer.byteLength(note));

/** Undefined when the header is not one of this segment. */
export function readFrameHeader(header: Buffer, nonce: Buffer): FrameHeader | undefined {
  if (header.length < frameHeaderBytes || !header.subarray(0, nonceBytes).equals(nonce)) return undefined;
  return {
    payloadBytes: header.readUInt32LE(8),
    count: header.readUInt32LE(12),
    firstSequence: header.readDoubleLE(16),
    checksum: header.readUInt32LE(checksumAt),
  };
}

export function isIntact(header: Buffer, payload: Buffer): boolean {
  return checksumOf(header, payload) === header.readUInt32LE(checksumAt);
}

export function decodeRecords({ firstSequence, count }: FrameHeader, payload: Buffer): JournalRecord[] {
  const records: JournalRecord[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const length = payload.readUInt32LE(at);
    const hasNote = length >= noteBit;
    const arrival = payload.readDoubleLE(at + 4);
    at += recordHeaderBytes;
    const noteEnd = hasNote ? at + noteHeaderBytes + payload.readUInt32LE(at) : at;
    const note = hasNote ? payload.toString('utf8', at + noteHeaderBytes, noteEnd) : undefined;
    at = noteEnd + (hasNote ? length - noteBit : length);
    const record = { sequence: firstSequence + i, arrival, data: payload.subarray(noteEnd, at) };
    records.push(note === undefined ? record : { ...record, note });
  }
  return records;
}

/** When the first and the last record of a frame arrived. */
export function arrivalsOf(header: FrameHeader, payload: Buffer): { readonly first: number; readonly last: number } {
  const records = decodeRecords(header, payload);
  return { first: records[0]?.arrival ?? 0, last: records.at(-1)?.arrival ?? 0 };
}

function checksumOf(header: Buffer, payload: Buffer): number {
  return crc32(payload, crc32(header.subarray(0, checksumAt)));
}
