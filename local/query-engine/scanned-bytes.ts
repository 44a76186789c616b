import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from './table-files.ts';
import type { TableFile } from './table-files.ts';

/**
 * Bytes that a query will read: what the columns it touches take up in its files, by their Parquet footers. DuckDB's
 * plan says which columns these are. Where a query reads several tables, a column counts for each that has it.
 */
export async function scannedBytes(
  connection: DuckDBConnection,
  sql: string,
  files: readonly TableFile[],
): Promise<number> {
  if (files.length === 0) return 0;
  const explained = await connection.runAndReadAll(`EXPLAIN (FORMAT json) ${sql}`);
  const columns = columnsRead(JSON.parse(String(explained.getRows()[0]?.[1])));
  if (columns.length === 0) return 0;
  const list = [...new Set(files.map(({ path }) => path))].map(quote).join(', ');
  // Nested columns are stored as `name, list, element`.
  const result = await connection.runAndReadAll(
    `SELECT CAST(sum(total_compressed_size) AS BIGINT) FROM parquet_metadata([${list}])
     WHERE split_part(path_in_schema, ', ', 1) IN (${columns.map(quote).join(', ')})`,
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
