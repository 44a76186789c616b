import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** An alarm of CloudWatch. */
export const alarm: Emulator = {
  types: ['AWS::CloudWatch::Alarm'],
  async start(resource, { alarms }) {
    const name = nameOr(resource.properties.AlarmName, resource);
    return { ref: name, attributes: { Arn: alarms.define(name, resource.properties) } };
  },
};
