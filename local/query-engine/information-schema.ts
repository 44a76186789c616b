import type { Catalog, GlueTable } from '../runtime.ts';
import { quote } from './table-files.ts';

/** Databases and tables of the catalog as the standard's tables; undefined for a table that is not offered. */
export function informationSchemaSql(name: string, catalog: Catalog): string | undefined {
  const tables = catalog.databases().flatMap((database) => catalog.tables(database));
  switch (name) {
    case 'schemata':
      return valuesSql(
        ['catalog_name', 'schema_name'],
        catalog.databases().map((database) => [CATALOG, database]),
      );
    case 'tables':
      return valuesSql(
        ['table_catalog', 'table_schema', 'table_name', 'table_type'],
        tables.map((table) => [...nameOf(table), table.TableType === 'VIRTUAL_VIEW' ? 'VIEW' : 'BASE TABLE']),
      );
    case 'columns':
      return valuesSql(
        ['table_catalog', 'table_schema', 'table_name', 'column_name', 'ordinal_position', 'data_type'],
        tables.flatMap(columnRows),
        ['ordinal_position'],
      );
    default:
      return undefined;
  }
}

const CATALOG = 'awsdatacatalog';

function nameOf({ DatabaseName, Name }: GlueTable): string[] {
  return [CATALOG, DatabaseName, Name];
}

function columnRows(table: GlueTable): string[][] {
  const columns = [...(table.StorageDescriptor?.Columns ?? []), ...(table.PartitionKeys ?? [])];
  const name = nameOf(table);
  return columns.map(({ Name, Type = 'string' }, index) => name.concat(Name, String(index + 1), athenaType(Type)));
}

/** Athena's name of a Hive type. */
function athenaType(hive: string): string {
  return hive
    .toLowerCase()
    .replaceAll('string', 'varchar')
    .replaceAll(/\bint\b/g, 'integer')
    .replaceAll(/\btimestamp\b/g, 'timestamp(3)')
    .replaceAll('struct<', 'row(')
    .replaceAll('<', '(')
    .replaceAll('>', ')');
}

function valuesSql(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly string[] = [],
): string {
  const cell = (value: string, index: number) =>
    numbers.includes(columns[index] ?? '') ? `CAST(${value} AS BIGINT)` : quote(value);
  if (rows.length === 0) return `SELECT ${columns.map((column) => `'' AS ${column}`).join(', ')} WHERE false`;
  const values = rows.map((row) => `(${row.map(cell).join(', ')})`).join(', ');
  return `SELECT * FROM (VALUES ${values}) AS catalog_rows(${columns.join(', ')})`;
}
