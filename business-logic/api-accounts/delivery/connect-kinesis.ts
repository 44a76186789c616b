import { KinesisClient } from '@aws-sdk/client-kinesis';
import type { PutBatch } from '../../shared/delivery/put-records.ts';
import { putToKinesis } from '../../shared/delivery/put-to-kinesis.ts';

/** Puts batches into a Kinesis stream. The client speaks HTTP/2, whose one setting is how long a request may take. */
export const connectKinesis = (stream: string, maxAttempts: number, requestTimeout: number): PutBatch =>
  putToKinesis(new KinesisClient({ maxAttempts, requestHandler: { requestTimeout } }), stream);
