import { splitDocuments } from '../../business-logic/events-processing/split-documents.ts';

/** A record that Firehose could not deliver. */
export interface FirehoseError {
  readonly code: string;
  /** When Firehose took the record, in milliseconds since the epoch. */
  readonly arrivedAt: number;
  /** The record: as it was put, or as the transform left it where its format could not be converted. */
  readonly data: Buffer;
}

/**
 * What a line of an error object says; usually one document, but some writers put several without a line between. The
 * fields' names differ by kind of error (`errorCode` or `lastErrorCode`; the ARN's case does not matter here), and numbers
 * may be strings. A line without a record (`rawData`) says nothing.
 */
export function readErrorLine(line: string): FirehoseError[] {
  return splitDocuments(line).flatMap(({ value }) => errorOf(value) ?? []);
}

function errorOf(value: unknown): FirehoseError | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  const { rawData, errorCode, lastErrorCode, arrivalTimestamp } = fields;
  if (typeof rawData !== 'string') return undefined;
  const code = errorCode ?? lastErrorCode;
  const arrivedAt = Number(arrivalTimestamp);
  return {
    code: typeof code === 'string' && code !== '' ? code : 'unknown',
    arrivedAt: Number.isFinite(arrivedAt) ? arrivedAt : 0,
    data: Buffer.from(rawData, 'base64'),
  };
}
