import { crc32 } from 'node:zlib';

/** One record as it was put. */
export interface JournalRecord {
  /** Grows by one with every record of the stream. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly arrival: number;
  readonly data: Buffer;
}

/**
 * A frame holds the records of one flush to disk: it is there whole or it was never acknowledged.
 * Header: nonce of the segment (8 bytes), payload length, record count (4 each), first sequence (8), CRC-32 of all but
 * itself (4). Payload: for each record its length (4), arrival (8) and data. Numbers are little-endian.
 */
export const frameHeaderBytes = 28;
export const nonceBytes = 8;
const recordHeaderBytes = 12;
const checksumAt = 24;

export interface FrameHeader {
  readonly payloadBytes: number;
  readonly count: number;
  readonly firstSequence: number;
  readonly checksum: number;
}

export type FrameInput = readonly { readonly arrival: number; readonly data: Buffer }[];

export function encodeFrame(nonce: Buffer, firstSequence: number, records: FrameInput): Buffer {
  const payloadBytes = records.reduce((sum, { data }) => sum + recordHeaderBytes + data.length, 0);
  const frame = Buffer.allocUnsafe(frameHeaderBytes + payloadBytes);
  nonce.copy(frame, 0);
  frame.writeUInt32LE(payloadBytes, 8);
  frame.writeUInt32LE(records.length, 12);
  frame.writeDoubleLE(firstSequence, 16);

  let at = frameHeaderBytes;
  for (const { arrival, data } of records) {
    frame.writeUInt32LE(data.length, at);
    frame.writeDoubleLE(arrival, at + 4);
    data.copy(frame, at + recordHeaderBytes);
    at += recordHeaderBytes + data.length;
  }
  frame.writeUInt32LE(checksumOf(frame, frame.subarray(frameHeaderBytes)), checksumAt);
  return frame;
}

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
    const end = at + recordHeaderBytes + payload.readUInt32LE(at);
    const arrival = payload.readDoubleLE(at + 4);
    records.push({ sequence: firstSequence + i, arrival, data: payload.subarray(at + recordHeaderBytes, end) });
    at = end;
  }
  return records;
}

function checksumOf(header: Buffer, payload: Buffer): number {
  return crc32(payload, crc32(header.subarray(0, checksumAt)));
}
