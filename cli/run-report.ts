import { parseQuery, type Query } from '../lib/queries/read-query.ts';
import type { QueryEngine, QueryResult, SavedQuery } from './query-engine.ts';
import { UsageError } from './run-cli.ts';

export interface Report {
  readonly query: Query;
  readonly result: QueryResult;
}

/** Values of a report's parameters, as text. */
type Values = Readonly<Record<string, string>>;

/**
 * Runs a saved report by its name.
 * @param values of its parameters, or what gives them; what is not given takes the report's default
 * @param saved the workgroup's named queries, where they are known already
 */
export async function runReport(
  engine: QueryEngine,
  name: string,
  values: Values | ((query: Query) => Values) = {},
  saved?: readonly SavedQuery[],
): Promise<Report> {
  const queries = saved ?? (await engine.savedQueries());
  const found = queries.find((query) => query.name === name);
  if (!found) {
    const known = queries.map((query) => query.name).join(', ');
    throw new UsageError(`there is no report "${name}" in the workgroup; there are: ${known === '' ? 'none' : known}`);
  }
  const query = parseQuery(name, found.text);
  const result = await engine.runSaved(found, typeof values === 'function' ? values(query) : values);
  return { query, result };
}

/** Rows as objects by column name. */
export function rowObjects({
  columns,
  rows,
}: Pick<QueryResult, 'columns' | 'rows'>): Record<string, string | null | undefined>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
}
