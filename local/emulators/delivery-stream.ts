import { SOURCE_ACTIONS } from '../delivery-stream/services-as-role.ts';
import { actorOf } from '../policy/actor.ts';
import type { Credentials, Emulator, Properties } from '../runtime.ts';

/** `AWS::KinesisFirehose::DeliveryStream`: takes records from the start, delivers once every resource runs. */
export const deliveryStream: Emulator = {
  types: ['AWS::KinesisFirehose::DeliveryStream'],
  async start({ properties, generatedName }, { streams, credentials, partition, region, accountId }) {
    const name = typeof properties.DeliveryStreamName === 'string' ? properties.DeliveryStreamName : generatedName;
    const arn = `arn:${partition}:firehose:${region}:${accountId}:deliverystream/${name}`;
    checkReader(properties, credentials, arn);
    const stream = await streams.define({ name, arn, properties });
    return {
      ref: name,
      attributes: { Arn: arn },
      ready() {
        stream.start();
        return Promise.resolve();
      },
      stop: stream.stop,
    };
  },
};

/** Firehose refuses a stream whose role may not read its source. */
function checkReader(
  { KinesisStreamSourceConfiguration: source }: Properties,
  credentials: Credentials,
  sourceArn: string,
): void {
  const { KinesisStreamARN: streamArn, RoleARN: roleArn } = (source ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof streamArn !== 'string' || typeof roleArn !== 'string') return;
  const reader = actorOf(credentials, roleArn, { service: 'firehose.amazonaws.com', sourceArn });
  for (const action of SOURCE_ACTIONS) reader.authorize(action, streamArn);
}
