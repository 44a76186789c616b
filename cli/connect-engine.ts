import { createAthena } from './athena.ts';
import type { Deployment } from './deployment.ts';
import type { QueryEngine } from './query-engine.ts';
import { createRedshift } from './redshift.ts';
import { UsageError } from './run-cli.ts';

/**
 * What answers the queries of a deployment: its warehouse, or Athena where it has none or Athena is wanted.
 * @throws UsageError where the deployment is not named well enough
 */
export function connectEngine(
  {
    awsUrl,
    signer,
    workGroup,
    database,
    redshiftWorkgroup,
  }: Pick<Deployment, 'awsUrl' | 'signer' | 'workGroup' | 'database' | 'redshiftWorkgroup'>,
  wantsAthena = false,
): QueryEngine {
  if (workGroup === undefined) throw new UsageError('name the workgroup: --endpoints <file> or --work-group <name>');
  const athena = createAthena({ endpoint: awsUrl, signer, workGroup, database });
  if (redshiftWorkgroup === undefined || wantsAthena) return athena;
  if (database === undefined) throw new UsageError('name the database: --endpoints <file> or --database <name>');
  return createRedshift({ endpoint: awsUrl, signer, workgroup: redshiftWorkgroup, database }, athena);
}
