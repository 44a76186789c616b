import { duckDbType, identifier, literal, parseColumnType } from '../../delivery-stream/column-type.ts';
import type { PlannedColumn } from '../../../lib/etl/events-job-plan.ts';

export { identifier, literal };

/** A list of files for DuckDB's readers. */
export function fileList(paths: readonly string[]): string {
  return `[${paths.map(literal).join(', ')}]`;
}

/** A column's type as it is written to Parquet: moments are INT64 microseconds, adjusted to UTC. */
export function storedType({ type }: PlannedColumn): string {
  return duckDbType(parseColumnType(type));
}

/** A column's type while it is computed with: moments are UTC without a zone, as Athena's timestamps. */
export function computedType(column: PlannedColumn): string {
  return column.type === 'timestamp' ? 'TIMESTAMP' : storedType(column);
}

/**
 * Files as a SELECT with exactly these columns: null where no file has one. `others` are added as they stand, e.g.
 * `filename`.
 */
export function filesSql(
  paths: readonly string[],
  columns: readonly PlannedColumn[],
  others: readonly string[] = [],
): string {
  const empty = columns.map((column) => `CAST(NULL AS ${computedType(column)}) AS ${identifier(column.name)}`);
  const none = `SELECT ${[...empty, ...others.map((name) => `CAST(NULL AS VARCHAR) AS ${name}`)].join(', ')} WHERE false`;
  if (paths.length === 0) return none;
  const typed = columns.map((column) => {
    const name = identifier(column.name);
    return `CAST(${name} AS ${computedType(column)}) AS ${name}`;
  });
  const files = `SELECT * FROM read_parquet(${fileList(paths)}, union_by_name = true, hive_partitioning = false${
    others.includes('filename') ? ', filename = true' : ''
  })`;
  return `SELECT ${[...typed, ...others].join(', ')} FROM (${none} UNION ALL BY NAME ${files})`;
}

/** A temporary table of plain rows. */
export function valuesTable(
  name: string,
  columns: Readonly<Record<string, string>>,
  rows: readonly (readonly (string | number)[])[],
): string {
  const names = Object.keys(columns);
  const list = names.map((column) => `CAST(${column} AS ${columns[column]}) AS ${column}`).join(', ');
  if (rows.length === 0) {
    const empty = names.map((column) => `CAST(NULL AS ${columns[column]}) AS ${column}`).join(', ');
    return `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT ${empty} WHERE false`;
  }
  const values = rows.map((row) => `(${row.map((value) => literal(String(value))).join(', ')})`).join(', ');
  return `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT ${list} FROM (VALUES ${values}) AS given(${names.join(', ')})`;
}
