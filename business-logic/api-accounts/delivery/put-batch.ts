import { Env, readEnv } from '../../shared/env.ts';
import type { PutBatch } from '../../shared/delivery/put-records.ts';

const settings = { maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 10_000 } };

/** Puts batches where events go: to the Kinesis stream where there is one. Loads the one client that it needs. */
export async function putBatch(env: NodeJS.ProcessEnv): Promise<PutBatch> {
  const kinesisStream = env[Env.ingestStream];
  if (kinesisStream !== undefined) {
    const { KinesisClient } = await import('@aws-sdk/client-kinesis');
    const { putToKinesis } = await import('../../shared/delivery/put-to-kinesis.ts');
    // Speaks HTTP/2, whose one setting is how long a request may take.
    const requestHandler = { requestTimeout: settings.requestHandler.requestTimeout };
    return putToKinesis(new KinesisClient({ ...settings, requestHandler }), kinesisStream);
  }
  const { FirehoseClient } = await import('@aws-sdk/client-firehose');
  const { putToFirehose } = await import('../../shared/delivery/put-to-firehose.ts');
  return putToFirehose(new FirehoseClient(settings), readEnv(env, [Env.deliveryStream])[Env.deliveryStream]);
}
