import { openPrivateJson } from '../private-json.ts';
import type { KinesisStreamDefinition } from '../runtime.ts';
import { equalRanges, overlap, type HashRange } from './hash-range.ts';

/** A shard as it is kept with the data directory. */
export interface ShardEntry {
  readonly index: number;
  readonly range: HashRange;
  /** Indexes of the shards whose hash keys it took over. */
  readonly parents: readonly number[];
  /** Takes no more records: others have taken over its hash keys. */
  readonly isClosed: boolean;
  /** Records before this one are gone. */
  readonly trimmed: number;
}

/** What a stream has to know of its past. */
export interface StreamState {
  /** As the template had it last, for those who read on when it has left the template. */
  readonly definition: KinesisStreamDefinition;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly shards: readonly ShardEntry[];
}

/** A hash key is larger than a number of JSON's readers. */
interface StoredState extends Pick<StreamState, 'definition'> {
  readonly createdAt: number;
  readonly shards: readonly (Omit<ShardEntry, 'range'> & { readonly start: string; readonly end: string })[];
}

/** The file that holds a stream's state; replaced in one step. */
export function openStreamFile(path: string) {
  const file = openPrivateJson<StoredState>(path);
  return {
    async read(): Promise<StreamState | undefined> {
      const stored = await file.read();
      if (stored === undefined) return undefined;
      const shards = stored.shards.map(({ start, end, ...entry }) => ({
        ...entry,
        range: { start: BigInt(start), end: BigInt(end) },
      }));
      return { definition: stored.definition, createdAt: stored.createdAt, shards };
    },
    write({ definition, createdAt, shards }: StreamState): Promise<void> {
      const stored = shards.map(({ range, ...entry }) => ({
        ...entry,
        start: String(range.start),
        end: String(range.end),
      }));
      return file.write({ definition, createdAt, shards: stored });
    },
  };
}

/**
 * The shards that a stream with so many open ones has: those it had where the number is the same; else all are closed,
 * which leaves them to their readers, and new ones share the hash keys equally.
 */
export function reshard(shards: readonly ShardEntry[], count: number): readonly ShardEntry[] {
  const open = shards.filter(({ isClosed }) => !isClosed);
  if (open.length === count) return shards;
  const closed = shards.map((shard) => ({ ...shard, isClosed: true }));
  const made = equalRanges(count).map((range, i) => ({
    index: shards.length + i,
    range,
    parents: open.filter((shard) => overlap(shard.range, range)).map(({ index }) => index),
    isClosed: false,
    trimmed: 0,
  }));
  return [...closed, ...made];
}
