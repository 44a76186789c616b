import { GetNamedQueryCommand, ListNamedQueriesCommand } from '@aws-sdk/client-athena';
import { toLiteral } from '../../lib/queries/literals.ts';
import { parseQuery } from '../../lib/queries/read-query.ts';
import type { Endpoints } from '../../local/runtime.ts';
import { askAthena, athenaClient, type AthenaRow } from './athena-client.ts';

/** Text of every named query of the workgroup, by name, as Athena's API gives it. */
export async function savedReports(endpoints: Endpoints): Promise<Map<string, string>> {
  const client = athenaClient(endpoints);
  try {
    const reports = new Map<string, string>();
    let NextToken: string | undefined;
    do {
      const page = await client.send(new ListNamedQueriesCommand({ WorkGroup: endpoints.workGroup, NextToken }));
      for (const NamedQueryId of page.NamedQueryIds ?? []) {
        const { NamedQuery } = await client.send(new GetNamedQueryCommand({ NamedQueryId }));
        reports.set(NamedQuery?.Name ?? '', NamedQuery?.QueryString ?? '');
      }
      NextToken = page.NextToken;
    } while (NextToken);
    return reports;
  } finally {
    client.destroy();
  }
}

/** Asks a saved report with these values for its parameters; one without a value takes its default. */
export function askReport(
  endpoints: Endpoints,
  name: string,
  sql: string,
  values: Readonly<Record<string, string>>,
): Promise<AthenaRow[]> {
  return askAthena(endpoints, sql, executionParameters(name, sql, values));
}

/** Athena's execution parameters for a report: one SQL expression per `?`. */
export function executionParameters(name: string, sql: string, values: Readonly<Record<string, string>>): string[] {
  return parseQuery(name, sql).parameters.map((parameter) => {
    const value = values[parameter.name];
    if (value !== undefined) return toLiteral(parameter.type, value);
    if (parameter.default !== undefined) return parameter.default;
    throw new Error(`${name} needs a value for ${parameter.name}`);
  });
}
