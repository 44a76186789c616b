import type { Emulator } from '../runtime.ts';

interface DatabaseProperties {
  readonly DatabaseInput: { readonly Name?: string; readonly [key: string]: unknown };
}

/** A database of the Glue Data Catalog. */
export const glueDatabase: Emulator = {
  types: ['AWS::Glue::Database'],
  async start(resource, { catalog, accountId }) {
    const { DatabaseInput } = resource.properties as unknown as DatabaseProperties;
    const name = DatabaseInput.Name ?? resource.generatedName.toLowerCase();
    catalog.defineDatabase(name, { ...DatabaseInput, CatalogId: accountId });
    return { ref: name };
  },
};
