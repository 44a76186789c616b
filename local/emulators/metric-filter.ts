import type { Emulator } from '../runtime.ts';

/** Counts lines of a log group. */
export const metricFilter: Emulator = {
  types: ['AWS::Logs::MetricFilter'],
  async start(resource, { logFilters }) {
    logFilters.define(String(resource.properties.LogGroupName), resource.properties);
    return { ref: resource.generatedName };
  },
};
