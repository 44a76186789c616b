import { setTimeout as sleep } from 'node:timers/promises';
import { openPrivateJson } from '../private-json.ts';
import type { KinesisStream } from '../kinesis/stream.ts';
import { readSequenceNumber, sequenceNumber } from '../kinesis/sequence-number.ts';
import type { LocalLog } from '../runtime.ts';
import type { FrameInput } from './journal-frame.ts';

/** What the transform is told of a record that came from a Kinesis stream (Lambda's event of Firehose). */
export interface KinesisRecordMetadata {
  readonly shardId: string;
  readonly partitionKey: string;
  /** Milliseconds since the epoch. */
  readonly approximateArrivalTimestamp: number;
  readonly sequenceNumber: string;
  readonly subsequenceNumber: string;
}

export interface StreamFollowerOptions {
  readonly source: Pick<KinesisStream, 'definition' | 'createdAt' | 'shards'>;
  /** File of the checkpoints: the last sequence number taken of each shard. */
  readonly path: string;
  /** Keeps records safely; each bears its `KinesisRecordMetadata` as its note. */
  keep(records: FrameInput): Promise<unknown>;
  readonly log: LocalLog;
}

/**
 * Takes the records of every shard, in each shard's order, and notes how far it has come once they are kept. A crash
 * between the two lets records be taken again, never left out.
 */
export interface StreamFollower {
  start(): void;
  /** Takes all that was acknowledged before the call. */
  catchUp(): Promise<void>;
  problem(): string | undefined;
  /** When the oldest record arrived that has not been taken; undefined where all are. */
  oldestWaiting(): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** What one pass over all shards took. */
interface Pass {
  readonly records: number;
  /** A shard held more than one pass takes. */
  readonly isFull: boolean;
}

interface Checkpoint {
  readonly streamArn: string;
  /** The last sequence number taken, by shard. */
  readonly taken: Readonly<Record<string, string>>;
}

/** What one pass takes of a shard. */
const passLimits = { records: 5_000, bytes: 2 << 20 };
/** Between two passes, so that records of many puts are kept and noted together. */
const passMilliseconds = 100;
const pauseMilliseconds = 1_000;

export async function openStreamFollower(options: StreamFollowerOptions): Promise<StreamFollower> {
  const { source, keep, log } = options;
  const file = openPrivateJson<Checkpoint>(options.path);
  const taken: Record<string, string> = { ...(await readTaken()) };
  /** Where each shard goes on, by its id. */
  const places = new Map<string, number>();
  for (const [id, last] of Object.entries(taken)) {
    const place = readSequenceNumber(last);
    // A stream that was made anew begins with its first record.
    if (place?.epoch === source.createdAt) places.set(id, place.sequence + 1);
  }
  let problem: string | undefined;
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  let passing: Promise<unknown> = Promise.resolve();

  async function readTaken(): Promise<Checkpoint['taken'] | undefined> {
    const checkpoint = await file.read();
    return checkpoint?.streamArn === source.definition.arn ? checkpoint.taken : undefined;
  }

  async function pass(): Promise<Pass> {
    let isFull = false;
    const records: FrameInput[number][] = [];
    const next = new Map<string, number>();
    for (const { id, index, shard } of source.shards()) {
      const read = await shard.read(places.get(id) ?? 0, passLimits);
      next.set(id, read.next);
      isFull ||= read.next < shard.end;
      for (const { sequence, arrival, partitionKey, data } of read.records) {
        const number = sequenceNumber({ epoch: source.createdAt, shard: index, sequence });
        taken[id] = number;
        const metadata: KinesisRecordMetadata = {
          shardId: id,
          partitionKey,
          approximateArrivalTimestamp: arrival,
          sequenceNumber: number,
          subsequenceNumber: '',
        };
        records.push({ arrival, data, note: JSON.stringify(metadata) });
      }
    }
    if (records.length > 0) {
      await keep(records.toSorted((one, other) => one.arrival - other.arrival));
      await file.write({ streamArn: source.definition.arn, taken });
    }
    for (const [id, place] of next) places.set(id, place);
    problem = undefined;
    return { records: records.length, isFull };
  }

  /** Passes never overlap. */
  function nextPass(): Promise<Pass> {
    const result = passing.then(pass);
    passing = result.catch(() => undefined);
    return result;
  }

  async function follow(): Promise<void> {
    const pause = (milliseconds: number) =>
      sleep(milliseconds, undefined, { signal: stop.signal }).catch(() => undefined);
    while (!stop.signal.aborted) {
      try {
        if (!(await nextPass()).isFull) await pause(passMilliseconds);
      } catch (error) {
        problem = `records of ${source.definition.name} cannot be taken: ${String(error)}`;
        log.error('records of a stream cannot be taken', { stream: source.definition.name, error: String(error) });
        await pause(pauseMilliseconds);
      }
    }
  }

  return {
    start() {
      running ??= follow();
    },
    async catchUp() {
      const ends = source.shards().map(({ id, shard }) => [id, shard.end] as const);
      const isBehind = () => ends.some(([id, end]) => (places.get(id) ?? 0) < end);
      while (isBehind() && (await nextPass()).records > 0);
    },
    problem: () => problem,
    async oldestWaiting() {
      let oldest: number | undefined;
      for (const { id, shard } of source.shards()) {
        const { records } = await shard.read(places.get(id) ?? 0, { records: 1, bytes: passLimits.bytes });
        const [first] = records;
        if (first) oldest = Math.min(oldest ?? Infinity, first.arrival);
      }
      return oldest;
    },
    async stop() {
      stop.abort();
      await running;
      await passing;
    },
  };
}
