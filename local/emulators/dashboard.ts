import type { Emulator } from '../runtime.ts';
import { nameOr } from './name-or.ts';

/** A dashboard: here `/_local/metrics` and the console of whoever reads it take its place. */
export const dashboard: Emulator = {
  types: ['AWS::CloudWatch::Dashboard'],
  async start(resource) {
    return { ref: nameOr(resource.properties.DashboardName, resource) };
  },
};
