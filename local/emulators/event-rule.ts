import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** A rule of EventBridge that passes events on to topics. */
export const eventRule: Emulator = {
  types: ['AWS::Events::Rule'],
  async start(resource, { events, partition, region, accountId }) {
    const name = nameOr(resource.properties.Name, resource);
    const arn = `arn:${partition}:events:${region}:${accountId}:rule/${name}`;
    events.defineRule(arn, resource.properties);
    return { ref: name, attributes: { Arn: arn } };
  },
};
