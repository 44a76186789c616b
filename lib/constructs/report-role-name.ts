import { Aws } from 'aws-cdk-lib';
import type { PipelineConfig } from '../../config/schema.ts';
import type { Audience } from '../queries/read-query.ts';

/** Names of roles have 64 characters at most, of which a workload may take 40 and a region 14. */
const suffixes: Readonly<Record<Audience, string>> = { studio: 'studios', publisher: 'owner' };

/**
 * Name of the role with which reports of an audience are answered from the warehouse, where it is the user
 * `IAMR:<name>`. Chosen here, since the warehouse grants it what it reads before the function is there; with the region
 * in it, since names of roles are those of an account.
 */
export const reportRoleName = ({ WORKLOAD_NAME }: Pick<PipelineConfig, 'WORKLOAD_NAME'>, audience: Audience): string =>
  `${WORKLOAD_NAME}-${Aws.REGION}-${suffixes[audience]}`;
