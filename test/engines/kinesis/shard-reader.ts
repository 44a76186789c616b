import { setTimeout as wait } from 'node:timers/promises';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';

/** What a reader has of each shard: the sequence numbers it saw, in their order, and the ids of the events. */
export interface ReadShard {
  readonly sequenceNumbers: readonly bigint[];
  readonly eventIds: ReadonlySet<string>;
}

/** Follows every shard of a stream from its beginning, and keeps a checkpoint of each. */
export interface ShardReader {
  readonly shards: ReadonlyMap<string, ReadShard>;
  /** Events read so far, each once. */
  readonly events: number;
  /** Forgets its iterators, as a consumer that dies, and begins again behind its checkpoints. */
  restart(): Promise<void>;
  /** Reads to the end of every shard and stops. */
  finish(): Promise<void>;
}

interface OpenShard {
  readonly sequenceNumbers: bigint[];
  readonly eventIds: Set<string>;
  /** Of the last record that was dealt with. */
  checkpoint: string | undefined;
}

interface PackedRequest {
  readonly events: readonly { readonly event_id?: unknown }[];
}

/** @param client of a stream that may be away for a while: calls are tried again until it is back */
export async function followShards(client: KinesisClient, StreamName: string): Promise<ShardReader> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
  const shards = new Map<string, OpenShard>(
    Shards.map(({ ShardId = '' }) => [ShardId, { sequenceNumbers: [], eventIds: new Set(), checkpoint: undefined }]),
  );
  let isFinishing = false;
  let life = new AbortController();

  async function iteratorOf(ShardId: string, { checkpoint }: OpenShard): Promise<string | undefined> {
    const place =
      checkpoint === undefined
        ? ({ ShardIteratorType: 'TRIM_HORIZON' } as const)
        : ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: checkpoint } as const);
    return (await client.send(new GetShardIteratorCommand({ StreamName, ShardId, ...place }))).ShardIterator;
  }

  async function follow(ShardId: string, shard: OpenShard, { signal }: AbortController): Promise<void> {
    let iterator: string | undefined;
    while (!signal.aborted) {
      try {
        iterator ??= await iteratorOf(ShardId, shard);
        // A page that was asked for before the end may have missed what came while it was on its way.
        const isLast = isFinishing;
        const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 100 }));
        for (const { SequenceNumber = '', Data } of page.Records ?? []) {
          // A page that came after the reader's end has not been dealt with.
          if (signal.aborted) return;
          const { events } = JSON.parse(Buffer.from(Data ?? []).toString()) as PackedRequest;
          for (const { event_id: id } of events) if (typeof id === 'string') shard.eventIds.add(id.toLowerCase());
          shard.sequenceNumbers.push(BigInt(SequenceNumber));
          shard.checkpoint = SequenceNumber;
        }
        iterator = page.NextShardIterator;
        if (page.MillisBehindLatest === 0 && isLast) return;
        if (page.MillisBehindLatest === 0) await wait(50);
      } catch {
        iterator = undefined;
        await wait(100);
      }
    }
  }

  const followAll = (mine: AbortController) =>
    Promise.all([...shards].map(([ShardId, shard]) => follow(ShardId, shard, mine)));
  let running = followAll(life);

  return {
    shards,
    get events() {
      return [...shards.values()].reduce((sum, { eventIds }) => sum + eventIds.size, 0);
    },
    async restart() {
      life.abort();
      await running;
      life = new AbortController();
      running = followAll(life);
    },
    async finish() {
      isFinishing = true;
      await running;
    },
  };
}
