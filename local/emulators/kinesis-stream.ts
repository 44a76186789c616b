import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** `AWS::Kinesis::Stream`: its shards take records from the start, and keep them for the template's retention. */
export const kinesisStream: Emulator = {
  types: ['AWS::Kinesis::Stream'],
  async start(resource, { kinesis, partition, region, accountId }) {
    const name = nameOr(resource.properties.Name, resource);
    const arn = `arn:${partition}:kinesis:${region}:${accountId}:stream/${name}`;
    await kinesis.define({ name, arn, properties: resource.properties });
    return { ref: name, attributes: { Arn: arn } };
  },
};
