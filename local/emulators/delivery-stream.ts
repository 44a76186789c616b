import type { Emulator } from '../runtime.ts';

/** `AWS::KinesisFirehose::DeliveryStream`: takes records from the start, delivers once every resource runs. */
export const deliveryStream: Emulator = {
  types: ['AWS::KinesisFirehose::DeliveryStream'],
  async start({ properties, generatedName }, { streams, partition, region, accountId }) {
    const name = typeof properties.DeliveryStreamName === 'string' ? properties.DeliveryStreamName : generatedName;
    const arn = `arn:${partition}:firehose:${region}:${accountId}:deliverystream/${name}`;
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
