import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** A log group by its name and ARN. What is written lies in `logs/` of the data directory, and is never deleted by age. */
export const logGroup: Emulator = {
  types: ['AWS::Logs::LogGroup'],
  async start(resource, { partition, region, accountId }) {
    const name = nameOr(resource.properties.LogGroupName, resource);
    return { ref: name, attributes: { Arn: `arn:${partition}:logs:${region}:${accountId}:log-group:${name}:*` } };
  },
};
