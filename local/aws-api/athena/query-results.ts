import type { AthenaColumn } from '../../athena-values.ts';
import type { ResultPage } from '../../query-executions.ts';

/** The `ResultSet` of GetQueryResults. The first row of the first page of a query is its header. */
export function resultSet({ columns, rows }: ResultPage): Record<string, unknown> {
  return {
    ResultSetMetadata: { ColumnInfo: columns.map(columnInfo) },
    Rows: rows.map((row) => ({ Data: row.map((value) => (value === undefined ? {} : { VarCharValue: value })) })),
  };
}

function columnInfo({ name, type, precision, scale }: AthenaColumn): Record<string, unknown> {
  return {
    CatalogName: 'hive',
    SchemaName: '',
    TableName: '',
    Name: name,
    Label: name,
    Type: type,
    Precision: precision,
    Scale: scale,
    Nullable: 'UNKNOWN',
    CaseSensitive: type === 'varchar',
  };
}
