import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { watchFolders } from '../delivery-stream/watch-folders.ts';
import type { Clock, KinesisStreamDefinition, LocalLog, StreamShardQuota } from '../runtime.ts';
import { hashOf, holds } from './hash-range.ts';
import { openShard, type Shard } from './shard.ts';
import { openStreamFile, reshard, type ShardEntry, type StreamState } from './stream-file.ts';
import type { StreamSettings } from './stream-settings.ts';

export interface StreamServices {
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly quota: StreamShardQuota | undefined;
  /** Bytes after which a shard's journal begins a new file. */
  readonly segmentBytes?: number | undefined;
}

/** A shard with its place in the stream. */
export interface OpenShard extends ShardEntry {
  readonly id: string;
  readonly shard: Shard;
}

/** One running stream. */
export interface KinesisStream {
  readonly definition: KinesisStreamDefinition;
  readonly settings: StreamSettings;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** In the order in which they were made. */
  shards(): readonly OpenShard[];
  /** The shard that takes records of a partition key, or of a hash key given beside it. */
  shardFor(partitionKey: string, hashKey: bigint | undefined): OpenShard;
  /** Forgets every record. */
  clear(): Promise<void>;
  problem(): string | undefined;
  close(): Promise<void>;
}

/** How often records are looked for that have become too old. */
const trimMilliseconds = 60_000;

/** The file of a stream's state, in the stream's folder. */
export const streamFileIn = (folder: string): string => join(folder, 'stream.json');

export const shardIdOf = (index: number): string => `shardId-${String(index).padStart(12, '0')}`;

export async function openStream(
  definition: KinesisStreamDefinition,
  settings: StreamSettings,
  folder: string,
  { clock, log, quota, segmentBytes }: StreamServices,
): Promise<KinesisStream> {
  await mkdir(folder, { recursive: true });
  const file = openStreamFile(streamFileIn(folder));
  const known = await file.read();
  let state: StreamState = {
    definition,
    createdAt: known?.createdAt ?? Math.floor(clock() / 1000),
    shards: reshard(known?.shards ?? [], settings.shards),
  };
  await file.write(state);

  const opened = new Map<number, Shard>();
  for (const { index, trimmed } of state.shards) {
    const shard = await openShard({
      folder: join(folder, shardIdOf(index)),
      trimmed,
      retentionMilliseconds: settings.retentionHours * 3_600_000,
      clock,
      log,
      quota,
      segmentBytes,
    });
    opened.set(index, shard);
  }
  const list = (): readonly OpenShard[] =>
    state.shards.map((entry) => ({ ...entry, id: shardIdOf(entry.index), shard: opened.get(entry.index)! }));
  let shards = list();

  async function trim(places: ReadonlyMap<number, number>): Promise<void> {
    const moved = state.shards.filter(({ index, trimmed }) => (places.get(index) ?? 0) > trimmed);
    if (moved.length === 0) return;
    state = {
      ...state,
      shards: state.shards.map((entry) => ({
        ...entry,
        trimmed: Math.max(entry.trimmed, places.get(entry.index) ?? 0),
      })),
    };
    shards = list();
    await file.write(state);
    for (const { index } of moved) await opened.get(index)!.trim(places.get(index)!);
  }

  const trimExpired = () => trim(new Map([...opened].map(([index, shard]) => [index, shard.expired()])));
  let trimming = trimExpired();
  await trimming;
  const timer = setInterval(() => {
    trimming = trimming.then(trimExpired).catch((error: unknown) => {
      log.error('records of a stream that are too old cannot be deleted', { folder, error: String(error) });
    });
  }, trimMilliseconds).unref();
  const health = watchFolders(
    () => [folder],
    async () => void (await Promise.all([...opened.values()].map((shard) => shard.probe()))),
  );

  return {
    definition,
    settings,
    createdAt: state.createdAt,
    shards: () => shards,
    shardFor(partitionKey, hashKey) {
      const hash = hashKey ?? hashOf(partitionKey);
      return shards.find(({ isClosed, range }) => !isClosed && holds(range, hash))!;
    },
    clear: () => (trimming = trimming.then(() => trim(new Map([...opened].map(([i, { end }]) => [i, end]))))),
    problem() {
      const problems = [...opened.values()].map((shard) => shard.problem());
      return problems.find((one) => one !== undefined) ?? health.problem();
    },
    async close() {
      clearInterval(timer);
      await trimming;
      await health.stop();
      await Promise.all([...opened.values()].map((shard) => shard.close()));
    },
  };
}
