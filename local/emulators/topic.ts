import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** An SNS topic: what is published is kept and shown, and sent to nobody. */
export const topic: Emulator = {
  types: ['AWS::SNS::Topic'],
  async start(resource, { events, partition, region, accountId }) {
    const name = nameOr(resource.properties.TopicName, resource);
    const arn = `arn:${partition}:sns:${region}:${accountId}:${name}`;
    events.defineTopic(arn);
    return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
  },
};
