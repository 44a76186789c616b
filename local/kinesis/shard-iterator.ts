/** Where a reader goes on, as the token that GetShardIterator hands out. */
export interface ShardIterator {
  readonly stream: string;
  readonly shardId: string;
  /** Of the next record, in the shard's journal. */
  readonly sequence: number;
  /** The record has to have arrived at this time or later, in milliseconds since the epoch. */
  readonly since?: number;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
}

/** Kinesis lets an iterator be used for five minutes (GetShardIterator, API reference). */
export const iteratorMilliseconds = 300_000;

export function writeIterator(iterator: ShardIterator): string {
  return Buffer.from(JSON.stringify(iterator)).toString('base64');
}

/** Undefined where the text is no iterator of ours. */
export function readIterator(text: string): ShardIterator | undefined {
  try {
    const value = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Partial<ShardIterator> | null;
    const { stream, shardId, sequence, since, issuedAt } = value ?? {};
    const isWhole = typeof stream === 'string' && typeof shardId === 'string' && Number.isSafeInteger(sequence);
    if (!isWhole || typeof issuedAt !== 'number' || (since !== undefined && typeof since !== 'number'))
      return undefined;
    return value as ShardIterator;
  } catch {
    return undefined;
  }
}
