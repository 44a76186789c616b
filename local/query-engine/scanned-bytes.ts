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
  // What is read twice counts once.
  for (const group of groupsOf(read)) sum += await bytesOf(connection, group, columns);
  return sum;
}

/** Files that the same scans read. */
interface FileGroup {
  readonly files: readonly TableFile[];
  /** The conditions of each scan: a row group is read by those that cannot leave it out. */
  readonly scans: readonly TableScan['conditions'][];
}

function groupsOf(scans: readonly TableScan[]): readonly FileGroup[] {
  const readers = new Map<string, { readonly file: TableFile; readonly by: number[] }>();
  for (const [at, { files }] of scans.entries()) {
    for (const file of files) {
      const known = readers.get(file.path) ?? { file, by: [] };
      readers.set(file.path, known);
      known.by.push(at);
    }
  }
  const groups = new Map<string, { readonly files: TableFile[]; readonly by: readonly number[] }>();
  for (const { file, by } of readers.values()) {
    const group = groups.get(by.join()) ?? { files: [], by };
    groups.set(by.join(), group);
    group.files.push(file);
  }
  return [...groups.values()].map(({ files, by }) => ({ files, scans: by.map((at) => scans[at]!.conditions) }));
}

async function bytesOf(
  connection: DuckDBConnection,
  { files, scans }: FileGroup,
  columns: readonly string[],
): Promise<number> {
  const list = files.map(({ path }) => quote(path)).join(', ');
  // Nested columns are stored as `name, list, element`.
  const chunks = `SELECT file_name, row_group_id, split_part(path_in_schema, ', ', 1) AS name, total_compressed_size,
      stats_min_value, stats_max_value, stats_null_count = num_values AS is_null
    FROM parquet_metadata([${list}])`;
  const kept = scans.some((conditions) => conditions.length === 0)
    ? ''
    : `QUALIFY ${scans.map((conditions) => `(${conditions.map(isMet).join(' AND ')})`).join(' OR ')}`;
  const result = await connection.runAndReadAll(
    `SELECT CAST(sum(total_compressed_size) AS BIGINT) FROM (SELECT name, total_compressed_size FROM (${chunks}) ${kept})
     WHERE name IN (${columns.map(quote).join(', ')})`,
  );
  return Number(result.getRows()[0]?.[0] ?? 0);
}

/** Whether rows of a row group may meet the condition; without statistics it may hold anything. */
function isMet({ column, type, test }: TableScan['conditions'][number]): string {
  const meets = `(SELECT ${test} FROM (SELECT TRY_CAST(stats_min_value AS ${type}) AS least, TRY_CAST(stats_max_value AS ${type}) AS greatest))`;
  const ofColumn = `CASE WHEN name = ${quote(column)} THEN NOT coalesce(is_null, false) AND coalesce(${meets}, true) ELSE true END`;
  return `bool_and(${ofColumn}) OVER (PARTITION BY file_name, row_group_id)`;
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
