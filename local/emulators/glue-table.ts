import type { Emulator, Runtime, Started } from '../runtime.ts';
import { parquetInsteadOfIceberg } from './open-format-table.ts';

interface TableProperties {
  readonly DatabaseName: string;
  readonly Name?: string;
  readonly TableInput?: { readonly Name?: string; readonly [key: string]: unknown };
  readonly OpenTableFormatInput?: unknown;
}

/** A table or view of the Glue Data Catalog. */
export const glueTable: Emulator = {
  types: ['AWS::Glue::Table'],
  async start(resource, runtime) {
    const {
      DatabaseName,
      Name,
      TableInput = {},
      OpenTableFormatInput,
    } = resource.properties as unknown as TableProperties;
    const name = TableInput.Name ?? Name ?? resource.generatedName.toLowerCase();
    if (OpenTableFormatInput !== undefined) return startOpenTable(DatabaseName, name, OpenTableFormatInput, runtime);
    runtime.catalog.defineTable(DatabaseName, { ...TableInput, Name: name, CatalogId: runtime.accountId });
    return { ref: name };
  },
};

/** DuckDB reads Iceberg by an extension that has to be downloaded, so that the laptop does without. */
function startOpenTable(database: string, name: string, input: unknown, runtime: Runtime): Started {
  runtime.log.warn('an Iceberg table keeps the Parquet layout on the laptop', { table: name });
  const define = () => {
    const table = parquetInsteadOfIceberg(name, input, runtime);
    runtime.catalog.defineTable(database, { ...table, CatalogId: runtime.accountId });
  };
  define();
  // The job that knows its columns may be declared later.
  return { ref: name, ready: async () => define() };
}
