import { Env, readEnv } from '../../shared/env.ts';
import type { PutBatch } from '../../shared/delivery/put-records.ts';

const maxAttempts = 3;
const requestMilliseconds = 10_000;

/** Puts batches where events go: to the Kinesis stream where there is one. Loads the one client that it needs. */
export async function putBatch(env: NodeJS.ProcessEnv): Promise<PutBatch> {
  const kinesisStream = env[Env.ingestStream];
  if (kinesisStream !== undefined) {
    const { connectKinesis } = await import('./connect-kinesis.ts');
    return connectKinesis(kinesisStream, maxAttempts, requestMilliseconds);
  }
  const { connectFirehose } = await import('./connect-firehose.ts');
  return connectFirehose(readEnv(env, [Env.deliveryStream])[Env.deliveryStream], maxAttempts, requestMilliseconds);
}
