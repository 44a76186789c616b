import { AwsError } from '../../runtime.ts';
import type { GlueColumn, GlueTable } from '../../runtime.ts';
import type { JsonAction } from '../protocol.ts';
import { pageOf } from '../pages.ts';
import type { AthenaContext } from './context.ts';

type Input = Readonly<Record<string, unknown>>;

/** Name under which Athena knows the Glue Data Catalog. */
const CATALOG = 'AwsDataCatalog';

/** Most entries of one list. */
const PAGE = 50;

/** The Athena actions that show the Glue Data Catalog. */
export function dataCatalogActions({ catalog, catalogArn }: AthenaContext): Readonly<Record<string, JsonAction>> {
  function databaseInput(input: Input): string {
    const name = String(input.DatabaseName).toLowerCase();
    if (!catalog.databases().includes(name)) throw new AwsError('MetadataException', `Database ${name} not found`);
    return name;
  }

  return {
    ListDataCatalogs: async (_, request) => {
      request.authorize('athena:ListDataCatalogs', '*');
      return { DataCatalogsSummary: [{ CatalogName: CATALOG, Type: 'GLUE' }] };
    },
    ListDatabases: async (input, request) => {
      request.authorize('athena:ListDatabases', catalogArn);
      const list = catalog.databases().map((Name) => ({ Name }));
      const { items, nextToken } = page(list, input);
      return { DatabaseList: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
    GetDatabase: async (input, request) => {
      request.authorize('athena:GetDatabase', catalogArn);
      return { Database: { Name: databaseInput(input) } };
    },
    ListTableMetadata: async (input, request) => {
      request.authorize('athena:ListTableMetadata', catalogArn);
      const tables = catalog.tables(databaseInput(input)).map(tableMetadata);
      const { items, nextToken } = page(tables, input);
      return { TableMetadataList: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
    GetTableMetadata: async (input, request) => {
      request.authorize('athena:GetTableMetadata', catalogArn);
      const database = databaseInput(input);
      const table = catalog.table(database, String(input.TableName));
      if (!table) throw new AwsError('MetadataException', `Table ${database}.${String(input.TableName)} not found`);
      return { TableMetadata: tableMetadata(table) };
    },
  };
}

function page<T>(items: readonly T[], input: Input) {
  const size = Math.min(PAGE, Number(input.MaxResults ?? PAGE));
  return pageOf(items, { token: input.NextToken, size, error: 'InvalidRequestException' });
}

function tableMetadata(table: GlueTable): Record<string, unknown> {
  const { InputFormat, Location } = table.StorageDescriptor ?? {};
  return {
    Name: table.Name,
    CreateTime: table.CreateTime,
    TableType: table.TableType,
    Columns: (table.StorageDescriptor?.Columns ?? []).map(column),
    PartitionKeys: (table.PartitionKeys ?? []).map(column),
    Parameters: {
      ...table.Parameters,
      ...(Location && { location: Location }),
      ...(InputFormat !== undefined && { inputformat: InputFormat }),
    },
  };
}

function column({ Name, Type, Comment }: GlueColumn): GlueColumn {
  return { Name, ...(Type !== undefined && { Type }), ...(Comment !== undefined && { Comment }) };
}
