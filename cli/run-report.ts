import { parseQuery, type Query } from '../lib/queries/read-query.ts';
import type { Athena, QueryResult, SavedQuery } from './athena.ts';
import { bindParameters } from './bind-parameters.ts';
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
  athena: Athena,
  name: string,
  values: Values | ((query: Query) => Values) = {},
  saved?: readonly SavedQuery[],
): Promise<Report> {
  const queries = saved ?? (await athena.savedQueries());
  const found = queries.find((query) => query.name === name);
  if (!found) {
    const known = queries.map((query) => query.name).join(', ');
    throw new UsageError(`there is no report "${name}" in the workgroup; there are: ${known === '' ? 'none' : known}`);
  }
  const query = parseQuery(name, found.text);
  const result = await athena.run(
    found.text,
    bindParameters(query, typeof values === 'function' ? values(query) : values),
    found.database,
  );
  return { query, result };
}

/** Rows as objects by column name. */
export function rowObjects({
  columns,
  rows,
}: Pick<QueryResult, 'columns' | 'rows'>): Record<string, string | null | undefined>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
}
