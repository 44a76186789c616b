import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';

/** Where the stream is and who may write to it; without credentials the SDK looks for its usual ones. */
export interface StreamTarget {
  /** A delivery stream of Firehose, or the Kinesis stream that it reads. */
  readonly kind: 'firehose' | 'kinesis';
  readonly name: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Sends single events, one record each, as a game server with IAM credentials does. */
export interface StreamSender {
  /** Resolves when every record is acknowledged; throws when some are not in time. */
  put(documents: readonly string[], giveUpSeconds: number): Promise<void>;
  close(): void;
}

/**
 * Firehose takes at most 500 records and 4 MiB in a batch, Kinesis 500 records and more bytes than that (their API
 * references, PutRecordBatch and PutRecords).
 */
const mostRecords = 500;
const mostBytes = 4 * 1024 * 1024;

/** Puts a batch once; tells the error of each record in its place, undefined where it was taken. */
type PutOnce = (documents: readonly string[]) => Promise<readonly (string | undefined)[]>;

export function createStreamSender(target: StreamTarget): StreamSender {
  const { putOnce, close } = target.kind === 'kinesis' ? toKinesis(target) : toFirehose(target);
  return {
    put: async (documents, giveUpSeconds) => {
      for (const chunk of chunks(documents)) await putChunk(putOnce, target.name, chunk, giveUpSeconds);
    },
    close,
  };
}

const clientSettings = ({ region, endpoint, credentials }: StreamTarget) => ({
  region,
  maxAttempts: 8,
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(credentials === undefined ? {} : { credentials }),
});

const dataOf = (document: string): Buffer => Buffer.from(`${document}\n`);

function toFirehose(target: StreamTarget): { readonly putOnce: PutOnce; close(): void } {
  const client = new FirehoseClient(clientSettings(target));
  return {
    async putOnce(documents) {
      const Records = documents.map((document) => ({ Data: dataOf(document) }));
      const answer = await client.send(new PutRecordBatchCommand({ DeliveryStreamName: target.name, Records }));
      return documents.map((_, index) => answer.RequestResponses?.[index]?.ErrorCode);
    },
    close: () => client.destroy(),
  };
}

function toKinesis(target: StreamTarget): { readonly putOnce: PutOnce; close(): void } {
  const client = new KinesisClient(clientSettings(target));
  return {
    async putOnce(documents) {
      // A key of its own for each spreads them over all shards.
      const Records = documents.map((document) => ({ Data: dataOf(document), PartitionKey: randomUUID() }));
      const answer = await client.send(new PutRecordsCommand({ StreamName: target.name, Records }));
      return documents.map((_, index) => answer.Records?.[index]?.ErrorCode);
    },
    close: () => client.destroy(),
  };
}

/** A batch is stored in part: what failed is sent again, and only that. */
async function putChunk(putOnce: PutOnce, stream: string, documents: readonly string[], giveUpSeconds: number) {
  const giveUpAt = Date.now() + giveUpSeconds * 1000;
  let left = documents;
  for (let waitMs = 100; ; waitMs = Math.min(5000, waitMs * 2)) {
    const errors = await putOnce(left);
    left = left.filter((_, index) => errors[index] !== undefined);
    if (left.length === 0) return;
    if (Date.now() + waitMs > giveUpAt) {
      const code = errors.find((one) => one !== undefined);
      throw new Error(`${left.length} records were not taken by ${stream} within ${giveUpSeconds} s: ${code}`);
    }
    await sleep(waitMs);
  }
}

function* chunks(documents: readonly string[]): Generator<string[]> {
  let chunk: string[] = [];
  let bytes = 0;
  for (const document of documents) {
    const size = Buffer.byteLength(document) + 1;
    if (chunk.length === mostRecords || (chunk.length > 0 && bytes + size > mostBytes)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(document);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}
