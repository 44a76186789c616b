import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import { usageLimit } from './usage-limit.ts';

/** Sets the limit of a workgroup with the function's own rights. */
export const connectUsageLimit = (workgroup: string): ((rpuHours: number) => Promise<void>) =>
  usageLimit(new RedshiftServerlessClient({}), workgroup);
