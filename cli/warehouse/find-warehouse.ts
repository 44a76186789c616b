import { findDeployment, type Deployment, type DeploymentOptions } from '../deployment.ts';
import { UsageError } from '../run-cli.ts';
import type { BackfillTarget } from './backfill-target.ts';
import type { WarehouseTarget } from './warehouse-target.ts';

/** The warehouse of a deployment by its endpoints file. Throws UsageError where it has none. */
export function findWarehouse(options: DeploymentOptions): BackfillTarget & { readonly apiUrl: string } {
  const deployment = findDeployment(options);
  const target = warehouseOf(deployment);
  const { apiUrl, database } = deployment;
  if (target === undefined || apiUrl === undefined || database === undefined) {
    throw new UsageError(
      'this deployment has no warehouse: set DATA_STACK: REDSHIFT, and name it by --endpoints <file>',
    );
  }
  return { ...target, apiUrl, database };
}

/** The warehouse of a deployment; undefined in DATA_STACK DATA_LAKE. */
export function warehouseOf({ signer, awsUrl, accountId, redshiftWorkgroup }: Deployment): WarehouseTarget | undefined {
  if (redshiftWorkgroup === undefined || accountId === undefined) return undefined;
  return { signer, endpoint: awsUrl, accountId, workgroup: redshiftWorkgroup };
}
