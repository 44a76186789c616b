import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import { adminSecret } from './admin-secret.ts';
import { warehouseDatabase, type WarehouseDatabase } from './warehouse-database.ts';

/** The warehouse of a workgroup, whose namespace has its name, with the function's own rights. */
export const connectDatabase = (workgroup: string, database: string): WarehouseDatabase =>
  warehouseDatabase(new RedshiftDataClient({}), {
    workgroup,
    database,
    findSecret: adminSecret(new RedshiftServerlessClient({}), workgroup),
  });
