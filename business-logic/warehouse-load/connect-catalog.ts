import { GlueClient } from '@aws-sdk/client-glue';
import { catalogColumns } from './catalog-columns.ts';

/** Reads the names of a table's columns with the function's own rights. */
export const connectCatalog = (database: string, table: string): (() => Promise<readonly string[]>) =>
  catalogColumns(new GlueClient({}), database, table);
