import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** A schedule of EventBridge Scheduler; fires once everything runs. */
export const schedule: Emulator = {
  types: ['AWS::Scheduler::Schedule'],
  async start(resource, { schedules, partition, region, accountId }) {
    const name = nameOr(resource.properties.Name, resource);
    const group = nameOr(resource.properties.GroupName ?? 'default', resource);
    schedules.defineSchedule(name, resource.properties);
    return {
      ref: name,
      attributes: { Arn: `arn:${partition}:scheduler:${region}:${accountId}:schedule/${group}/${name}` },
    };
  },
};
