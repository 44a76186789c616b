import { GetTableCommand, type GlueClient } from '@aws-sdk/client-glue';

/** Reads the names of a table's columns in the catalog. */
export const catalogColumns =
  (client: GlueClient, DatabaseName: string, Name: string): (() => Promise<readonly string[]>) =>
  async () => {
    const { Table } = await client.send(new GetTableCommand({ DatabaseName, Name }));
    return (Table?.StorageDescriptor?.Columns ?? []).flatMap((column) => column.Name ?? []);
  };
