import { PutRecordBatchCommand, type FirehoseClient } from '@aws-sdk/client-firehose';
import type { PutBatch } from './put-records.ts';

/** Batches of a delivery stream. */
export const putToFirehose =
  (client: FirehoseClient, DeliveryStreamName: string): PutBatch =>
  async (records) => {
    const Records = records.map((Data) => ({ Data }));
    const answer = await client.send(new PutRecordBatchCommand({ DeliveryStreamName, Records }));
    if (!answer.FailedPutCount) return [];
    return records.map((_, at) => answer.RequestResponses?.[at]?.ErrorCode);
  };
