import type { LocalPipeline } from '../../local/runtime.ts';
import { backfillFromLake } from './backfill-lake.ts';
import { describeBackfill } from './backfill.ts';

/**
 * Does on a laptop what `npm run deploy` does when a deployment gets a warehouse: has it load what the lake holds.
 * Says what it did; undefined where the warehouse is none, or not new to the data directory.
 */
export async function fillLocalWarehouse({
  endpoints,
  stacks,
}: Pick<LocalPipeline, 'endpoints' | 'stacks'>): Promise<string | undefined> {
  const { redshiftWorkgroup: workgroup, region, accessKeyId, secretAccessKey, awsUrl, ...rest } = endpoints;
  if (workgroup === null || !stacks.added.some((name) => name.endsWith('-warehouse'))) return undefined;
  const signer = { region, credentials: { accessKeyId, secretAccessKey } };
  return describeBackfill(await backfillFromLake({ ...rest, signer, endpoint: awsUrl, workgroup }));
}
