import type { Emulator } from '../runtime.ts';

interface TableProperties {
  readonly DatabaseName: string;
  readonly TableInput?: { readonly Name?: string; readonly [key: string]: unknown };
  readonly OpenTableFormatInput?: unknown;
}

/** A table or view of the Glue Data Catalog. */
export const glueTable: Emulator = {
  types: ['AWS::Glue::Table'],
  async start(resource, { catalog, accountId, log }) {
    const { DatabaseName, TableInput = {}, OpenTableFormatInput } = resource.properties as unknown as TableProperties;
    if (OpenTableFormatInput !== undefined) {
      log.warn('tables of an open format are not read here', { logicalId: resource.logicalId });
    }
    const name = TableInput.Name ?? resource.generatedName.toLowerCase();
    catalog.defineTable(DatabaseName, { ...TableInput, Name: name, CatalogId: accountId });
    return { ref: name };
  },
};
