import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** An SQS queue. */
export const queue: Emulator = {
  types: ['AWS::SQS::Queue'],
  async start(resource, { queues }) {
    const name = nameOr(resource.properties.QueueName, resource);
    const { arn, url } = await queues.define(name, resource.properties);
    return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
  },
};
