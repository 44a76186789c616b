import type { Credentials, Emulator, Properties } from '../runtime.ts';

/** `AWS::KinesisFirehose::DeliveryStream`: takes records from the start, delivers once every resource runs. */
export const deliveryStream: Emulator = {
  types: ['AWS::KinesisFirehose::DeliveryStream'],
  async start({ properties, generatedName }, { streams, credentials, partition, region, accountId }) {
    const name = typeof properties.DeliveryStreamName === 'string' ? properties.DeliveryStreamName : generatedName;
    const arn = `arn:${partition}:firehose:${region}:${accountId}:deliverystream/${name}`;
    checkReader(properties, credentials);
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

const readingActions = [
  'kinesis:DescribeStream',
  'kinesis:GetShardIterator',
  'kinesis:GetRecords',
  'kinesis:ListShards',
];

/** Firehose refuses a stream whose role may not read its source. */
function checkReader({ KinesisStreamSourceConfiguration: source }: Properties, credentials: Credentials): void {
  const { KinesisStreamARN: streamArn, RoleARN: arn } = (source ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof streamArn !== 'string' || typeof arn !== 'string') return;
  const forbidden = readingActions.filter((action) => !credentials.isAllowed({ kind: 'role', arn }, action, streamArn));
  if (forbidden.length > 0) throw new Error(`${arn} may not ${forbidden.join(', ')} on ${streamArn}`);
}
