import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** A group of schedules: a part of their ARNs. */
export const scheduleGroup: Emulator = {
  types: ['AWS::Scheduler::ScheduleGroup'],
  async start(resource, { partition, region, accountId }) {
    const name = nameOr(resource.properties.Name, resource);
    return {
      ref: name,
      attributes: { Arn: `arn:${partition}:scheduler:${region}:${accountId}:schedule-group/${name}` },
    };
  },
};
