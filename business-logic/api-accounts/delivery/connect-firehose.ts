import { FirehoseClient } from '@aws-sdk/client-firehose';
import type { PutBatch } from '../../shared/delivery/put-records.ts';
import { putToFirehose } from '../../shared/delivery/put-to-firehose.ts';

/** Puts batches into a delivery stream. */
export const connectFirehose = (stream: string, maxAttempts: number, requestTimeout: number): PutBatch =>
  putToFirehose(
    new FirehoseClient({ maxAttempts, requestHandler: { connectionTimeout: 1_000, requestTimeout } }),
    stream,
  );
