import { GetQueryExecutionCommand, GetQueryResultsCommand, StartQueryExecutionCommand } from '@aws-sdk/client-athena';
import type { AthenaClient, Row } from '@aws-sdk/client-athena';
import { setTimeout as pause } from 'node:timers/promises';
import type { Endpoints } from '../../../local/runtime.ts';
import { athenaClient } from '../../support/athena-client.ts';

/** A result of Athena with its types: every value is text, null stands for SQL null. */
export interface AthenaTable {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** What a query came to, and the bytes it would be billed for. */
export interface AthenaAnswer extends AthenaTable {
  readonly scannedBytes: number;
}

/** Asks a query through Athena's API; `parameters` are SQL expressions. Rejects with Athena's reason if it fails. */
export async function athenaTable(
  endpoints: Endpoints,
  sql: string,
  parameters: readonly string[] = [],
): Promise<AthenaAnswer> {
  const client = athenaClient(endpoints);
  try {
    const { QueryExecutionId: id } = await client.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        WorkGroup: endpoints.workGroup,
        QueryExecutionContext: { Database: endpoints.database },
        ExecutionParameters: parameters.length > 0 ? [...parameters] : undefined,
      }),
    );
    const scannedBytes = await ended(client, id);
    return { ...(await allPages(client, id)), scannedBytes };
  } finally {
    client.destroy();
  }
}

/** Resolves to the bytes that were scanned. */
async function ended(client: AthenaClient, id: string | undefined): Promise<number> {
  for (;;) {
    const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    const { State, StateChangeReason } = QueryExecution?.Status ?? {};
    if (State === 'SUCCEEDED') return QueryExecution?.Statistics?.DataScannedInBytes ?? 0;
    if (State === 'FAILED' || State === 'CANCELLED') throw new Error(`the query ${State}: ${StateChangeReason}`);
    await pause(50);
  }
}

async function allPages(client: AthenaClient, id: string | undefined): Promise<AthenaTable> {
  let columns: AthenaTable['columns'] = [];
  const rows: Row[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: token }));
    columns = (page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name = '', Type = '' }) => ({
      name: Name,
      type: Type,
    }));
    rows.push(...(page.ResultSet?.Rows ?? []));
    token = page.NextToken;
  } while (token);
  // The first row repeats the column names.
  return { columns, rows: rows.slice(1).map(({ Data }) => columns.map((_, at) => Data?.[at]?.VarCharValue ?? null)) };
}
