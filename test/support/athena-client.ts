import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { setTimeout as wait } from 'node:timers/promises';
import type { Endpoints } from '../../local/runtime.ts';

/** A row as GetQueryResults has it: text by column name, null for SQL null. */
export type AthenaRow = Readonly<Record<string, string | null>>;

/** Makes the plain SDK client for a pipeline's `awsUrl`. */
export function athenaClient(endpoints: Endpoints): AthenaClient {
  return new AthenaClient({
    endpoint: endpoints.awsUrl,
    region: endpoints.region,
    credentials: { accessKeyId: endpoints.accessKeyId, secretAccessKey: endpoints.secretAccessKey },
  });
}

/**
 * Asks a query through Athena's API: start, wait for its end, read all pages.
 * `parameters` are SQL expressions, as Athena takes them (a text needs its quotes).
 * Throws with Athena's reason when the query fails.
 */
export async function askAthena(
  endpoints: Endpoints,
  sql: string,
  parameters: readonly string[] = [],
): Promise<AthenaRow[]> {
  const client = athenaClient(endpoints);
  try {
    const { QueryExecutionId } = await client.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        WorkGroup: endpoints.workGroup,
        QueryExecutionContext: { Database: endpoints.database },
        ...(parameters.length > 0 ? { ExecutionParameters: [...parameters] } : {}),
      }),
    );
    if (!QueryExecutionId) throw new Error('Athena answered without a query execution id');
    await finished(client, QueryExecutionId);
    return await allRows(client, QueryExecutionId);
  } finally {
    client.destroy();
  }
}

async function finished(client: AthenaClient, id: string): Promise<void> {
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    const state = QueryExecution?.Status?.State;
    if (state === 'SUCCEEDED') return;
    if (state === 'FAILED' || state === 'CANCELLED') {
      throw new Error(`the query ${state}: ${QueryExecution?.Status?.StateChangeReason}`);
    }
    await wait(pauseMs);
  }
}

async function allRows(client: AthenaClient, id: string): Promise<AthenaRow[]> {
  const rows: AthenaRow[] = [];
  let token: string | undefined;
  let isFirstPage = true;
  do {
    const page = await client.send(new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: token }));
    const columns = page.ResultSet?.ResultSetMetadata?.ColumnInfo?.map((column) => column.Name ?? '') ?? [];
    // The first row of the first page repeats the column names.
    for (const { Data } of (page.ResultSet?.Rows ?? []).slice(isFirstPage ? 1 : 0)) {
      rows.push(Object.fromEntries(columns.map((name, at) => [name, Data?.[at]?.VarCharValue ?? null])));
    }
    isFirstPage = false;
    token = page.NextToken;
  } while (token);
  return rows;
}
