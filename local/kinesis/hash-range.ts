import { createHash } from 'node:crypto';

/** The part of the hash keys (0 to 2^128 - 1) whose records a shard takes; both ends belong to it. */
export interface HashRange {
  readonly start: bigint;
  readonly end: bigint;
}

export const hashKeys = 1n << 128n;

/** The hash key of a partition key: its MD5 digest as a number. */
export function hashOf(partitionKey: string): bigint {
  return BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`);
}

/** Equal parts of all hash keys. */
export function equalRanges(count: number): readonly HashRange[] {
  const size = hashKeys / BigInt(count);
  return Array.from({ length: count }, (_, i) => ({
    start: BigInt(i) * size,
    end: i === count - 1 ? hashKeys - 1n : BigInt(i + 1) * size - 1n,
  }));
}

export const holds = ({ start, end }: HashRange, hash: bigint): boolean => start <= hash && hash <= end;

export const overlap = (one: HashRange, other: HashRange): boolean => one.start <= other.end && other.start <= one.end;
