import { randomUUID } from 'node:crypto';
import { PutRecordsCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import type { PutBatch } from './put-records.ts';

/** Batches of a Kinesis stream. Each record has a key of its own: those of one request would fill one shard alone. */
export const putToKinesis =
  (client: KinesisClient, StreamName: string): PutBatch =>
  async (records) => {
    const Records = records.map((Data) => ({ Data, PartitionKey: randomUUID() }));
    const answer = await client.send(new PutRecordsCommand({ StreamName, Records }));
    if (!answer.FailedRecordCount) return [];
    return records.map((_, at) => answer.Records?.[at]?.ErrorCode);
  };
