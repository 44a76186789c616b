import type { DuckDBConnection } from '@duckdb/node-api';
import type { RowGroupCondition } from './row-group-conditions.ts';
import { quote } from './table-files.ts';
import type { TableFile } from './table-files.ts';

/** A table as a query reads it. */
export interface TableScan {
  /** Parquet files, after partitions were left out. */
  readonly files: readonly TableFile[];
  /** What the query asks of single columns, with their types in DuckDB. */
  readonly conditions: readonly (RowGroupCondition & { readonly type: string })[];
}

/**
 * Bytes that a query will read: what the columns it touches take up in the row groups it cannot leave out, by their
 * Parquet footers. DuckDB's plan says which columns these are. Where a query reads several tables, a column counts for
 * each that has it.
 */
export async function scannedBytes(
  connection: DuckDBConnection,
  sql: string,
  scans: readonly TableScan[],
): Promise<number> {
  const read = scans.filter(({ files }) => files.length > 0);
  if (read.length === 0) return 0;
  const explained = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`);
  const columns = columnsRead(JSON.parse(String(explained.getRows()[0]?.[1])));
  if (columns.length === 0) return 0;
  let sum = 0;
  // What is read twice counts once: the greater part of it where the parts differ.
  for (const scan of distinct(read)) sum += await bytesOf(connection, scan, columns);
  return sum;
}

/** A file that several scans read is counted with the first that leaves out least. */
function distinct(scans: readonly TableScan[]): TableScan[] {
  const seen = new Set<string>();
  const sorted = scans.toSorted((a, b) => a.conditions.length - b.conditions.length);
  return sorted.flatMap(({ files, conditions }) => {
    const unseen = files.filter(({ path }) => !seen.has(path));
    for (const { path } of unseen) seen.add(path);
    return unseen.length === 0 ? [] : [{ files: unseen, conditions }];
  });
}

async function bytesOf(connection: DuckDBConnection, scan: TableScan, columns: readonly string[]): Promise<number> {
  const list = scan.files.map(({ path }) => quote(path)).join(', ');
  // Nested columns are stored as `name, list, element`.
  const chunks = `SELECT file_name, row_group_id, split_part(path_in_schema, ', ', 1) AS name, total_compressed_size,
      stats_min_value, stats_max_value, stats_null_count = num_values AS is_null
    FROM parquet_metadata([${list}])`;
  // Without statistics a row group may hold anything.
  const checks = scan.conditions.map(({ column, type, test }) => {
    const meets = `(SELECT ${test} FROM (SELECT TRY_CAST(stats_min_value AS ${type}) AS least, TRY_CAST(stats_max_value AS ${type}) AS greatest))`;
    return `bool_and(CASE WHEN name = ${quote(column)} THEN NOT coalesce(is_null, false) AND coalesce(${meets}, true) ELSE true END)`;
  });
  const kept =
    checks.length === 0
      ? ''
      : `QUALIFY ${checks.map((check) => `${check} OVER (PARTITION BY file_name, row_group_id)`).join(' AND ')}`;
  const result = await connection.runAndReadAll(
    `SELECT CAST(sum(total_compressed_size) AS BIGINT) FROM (SELECT name, total_compressed_size FROM (${chunks}) ${kept})
     WHERE name IN (${columns.map(quote).join(', ')})`,
  );
  return Number(result.getRows()[0]?.[0] ?? 0);
}

/** Names of the columns in the projections and filters of the plan's scans. */
function columnsRead(plan: unknown): string[] {
  if (Array.isArray(plan)) return plan.flatMap(columnsRead);
  if (typeof plan !== 'object' || plan === null) return [];
  const { name, children, extra_info: info } = plan as Readonly<Record<string, unknown>>;
  const inside = columnsRead(children);
  if (!/PARQUET/.test(String(name)) || typeof info !== 'object' || info === null) return inside;
  const { Projections, Filters } = info as Readonly<Record<string, unknown>>;
  const filtered = textsOf(Filters).flatMap((filter) => filter.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []);
  return [...new Set([...inside, ...textsOf(Projections), ...filtered])];
}

function textsOf(value: unknown): string[] {
  return [value].flat().filter((item): item is string => typeof item === 'string');
}
