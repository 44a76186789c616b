import { setTimeout as sleep } from 'node:timers/promises';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';

/** Where the delivery stream is and who may write to it; without credentials the SDK looks for its usual ones. */
export interface StreamTarget {
  readonly deliveryStream: string;
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

/** PutRecordBatch takes at most 500 records and 4 MiB (Firehose's API reference). */
const mostRecords = 500;
const mostBytes = 4 * 1024 * 1024;

export function createStreamSender(target: StreamTarget): StreamSender {
  const client = new FirehoseClient({
    region: target.region,
    maxAttempts: 8,
    ...(target.endpoint === undefined ? {} : { endpoint: target.endpoint }),
    ...(target.credentials === undefined ? {} : { credentials: target.credentials }),
  });

  return {
    put: async (documents, giveUpSeconds) => {
      for (const chunk of chunks(documents)) await putChunk(client, target.deliveryStream, chunk, giveUpSeconds);
    },
    close: () => client.destroy(),
  };
}

/** A batch is stored in part: what failed is sent again, and only that. */
async function putChunk(client: FirehoseClient, stream: string, documents: readonly string[], giveUpSeconds: number) {
  const giveUpAt = Date.now() + giveUpSeconds * 1000;
  let left = documents;
  for (let waitMs = 100; ; waitMs = Math.min(5000, waitMs * 2)) {
    const answer = await client.send(
      new PutRecordBatchCommand({
        DeliveryStreamName: stream,
        Records: left.map((document) => ({ Data: Buffer.from(`${document}\n`) })),
      }),
    );
    if (!answer.FailedPutCount) return;
    const outcomes = answer.RequestResponses ?? [];
    left = left.filter((_, index) => outcomes[index]?.ErrorCode !== undefined);
    if (Date.now() + waitMs > giveUpAt) {
      const code = outcomes.find((outcome) => outcome.ErrorCode !== undefined)?.ErrorCode;
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
