import { hashKeys } from '../../kinesis/hash-range.ts';
import type { KinesisStream } from '../../kinesis/stream.ts';
import { readBase64 } from '../../base64.ts';
import { AwsError } from '../../runtime.ts';
import { invalidArgument, invalidLength, missing, type Input } from './input.ts';

/** A record that somebody puts. */
export interface NewRecord {
  readonly partitionKey: string;
  /** Decides on the shard instead of the partition key. */
  readonly hashKey: bigint | undefined;
  readonly data: Buffer;
}

/** What counts against limits: data and partition key together (PutRecord, API reference). */
export const sizeOf = ({ partitionKey, data }: NewRecord): number => data.length + Buffer.byteLength(partitionKey);

/** Reads a record; `path` says where it stands in the input. Throws AwsError on what Kinesis refuses. */
export function recordOf({ settings }: KinesisStream, given: unknown, path: string): NewRecord {
  const { PartitionKey: partitionKey, Data: data, ExplicitHashKey: hashKey } = (given ?? {}) as Input;
  if (typeof data !== 'string') throw missing(`${path}data`);
  const bytes = readBase64(data);
  if (bytes === undefined) throw new AwsError('SerializationException', `${path}data is not a base64 string`);
  if (typeof partitionKey !== 'string') throw missing(`${path}partitionKey`);
  if (partitionKey === '') throw invalidLength(`${path}partitionKey`, 'greater', 1);
  // Kinesis counts characters of Unicode.
  if ([...partitionKey].length > 256) throw invalidLength(`${path}partitionKey`, 'less', 256);
  const record = { partitionKey, hashKey: hashKeyOf(hashKey), data: bytes };
  const most = settings.maxRecordKibibytes << 10;
  if (sizeOf(record) > most) throw invalidLength(`${path}data`, 'less', most);
  return record;
}

function hashKeyOf(given: unknown): bigint | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given === 'string' && /^(0|[1-9]\d{0,38})$/.test(given) && BigInt(given) < hashKeys) return BigInt(given);
  throw invalidArgument(
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${String(given)}`,
  );
}
