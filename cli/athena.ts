import { setTimeout as sleep } from 'node:timers/promises';
import {
  AthenaClient,
  BatchGetNamedQueryCommand,
  GetQueryExecutionCommand,
  paginateGetQueryResults,
  paginateListNamedQueries,
  StartQueryExecutionCommand,
  type QueryExecution,
} from '@aws-sdk/client-athena';
import { parseQuery } from '../lib/queries/read-query.ts';
import { bindParameters } from './bind-parameters.ts';
import type { Cell } from './format-table.ts';
import type { QueryEngine, QueryResult, SavedQuery } from './query-engine.ts';
import type { Signer } from './signed-fetch.ts';

export interface AthenaTarget {
  readonly signer: Signer;
  /** Undefined for AWS itself. */
  readonly endpoint: string | undefined;
  readonly workGroup: string;
  /** Undefined: as the named query says. */
  readonly database: string | undefined;
}

/** Queries through Athena's API, on a laptop or on AWS alike. */
export interface Athena extends QueryEngine {
  /**
   * Runs a query to its end and fetches all its pages. Throws with Athena's own words when it fails.
   * @param parameters SQL expressions, one for each `?`
   */
  run(sql: string, parameters?: readonly string[], database?: string): Promise<QueryResult>;
  /** Runs a SELECT to its end. What it found can be read as often as one likes, page by page, rows by column. */
  reader(sql: string): Promise<() => AsyncIterable<Readonly<Record<string, Cell>>>>;
}

/** BatchGetNamedQuery takes at most 50 ids. */
const mostIds = 50;

export function createAthena(target: AthenaTarget): Athena {
  const client = new AthenaClient({
    region: target.signer.region,
    credentials: target.signer.credentials,
    ...(target.endpoint === undefined ? {} : { endpoint: target.endpoint }),
  });

  const athena: Athena = {
    name: 'Athena',
    savedQueries: () => listSavedQueries(client, target.workGroup),
    runSaved: ({ name, text, database }, values) =>
      athena.run(text, bindParameters(parseQuery(name, text), values), database),
    run: async (sql, parameters = [], database = target.database) => {
      const { QueryExecutionId } = await client.send(
        new StartQueryExecutionCommand({
          QueryString: sql,
          WorkGroup: target.workGroup,
          ...(database === undefined ? {} : { QueryExecutionContext: { Database: database } }),
          ...(parameters.length === 0 ? {} : { ExecutionParameters: [...parameters] }),
        }),
      );
      const execution = await untilFinished(client, QueryExecutionId!);
      return {
        ...(await fetchRows(client, QueryExecutionId!, execution)),
        scannedBytes: execution.Statistics?.DataScannedInBytes ?? 0,
        milliseconds: execution.Statistics?.TotalExecutionTimeInMillis ?? 0,
      };
    },
    reader: async (sql) => {
      const { QueryExecutionId: id } = await client.send(
        new StartQueryExecutionCommand({
          QueryString: sql,
          WorkGroup: target.workGroup,
          ...(target.database === undefined ? {} : { QueryExecutionContext: { Database: target.database } }),
        }),
      );
      await untilFinished(client, id!);
      return () => readRows(client, id!);
    },
    close: () => client.destroy(),
  };
  return athena;
}

async function listSavedQueries(client: AthenaClient, workGroup: string): Promise<SavedQuery[]> {
  const ids: string[] = [];
  for await (const page of paginateListNamedQueries({ client }, { WorkGroup: workGroup })) {
    ids.push(...(page.NamedQueryIds ?? []));
  }
  const found: SavedQuery[] = [];
  for (let start = 0; start < ids.length; start += mostIds) {
    const { NamedQueries, UnprocessedNamedQueryIds } = await client.send(
      new BatchGetNamedQueryCommand({ NamedQueryIds: ids.slice(start, start + mostIds) }),
    );
    const [unread] = UnprocessedNamedQueryIds ?? [];
    if (unread) throw new Error(`named query ${unread.NamedQueryId} could not be read: ${unread.ErrorMessage}`);
    for (const query of NamedQueries ?? []) {
      found.push({
        name: query.Name!,
        description: query.Description ?? '',
        database: query.Database!,
        text: query.QueryString!,
      });
    }
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function untilFinished(client: AthenaClient, id: string): Promise<QueryExecution> {
  for (let waitMs = 20; ; waitMs = Math.min(1000, waitMs * 1.5)) {
    const { QueryExecution: execution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
    const state = execution?.Status?.State;
    if (execution && state === 'SUCCEEDED') return execution;
    if (state === 'FAILED' || state === 'CANCELLED') {
      throw new Error(`the query ${state.toLowerCase()}: ${execution?.Status?.StateChangeReason ?? 'no reason given'}`);
    }
    await sleep(waitMs);
  }
}

async function* readRows(client: AthenaClient, id: string): AsyncGenerator<Readonly<Record<string, Cell>>> {
  let columns: string[] | undefined;
  for await (const { ResultSet: page } of paginateGetQueryResults({ client }, { QueryExecutionId: id })) {
    const rows = page?.Rows ?? [];
    const isFirst = columns === undefined;
    const names = (columns ??= (page?.ResultSetMetadata?.ColumnInfo ?? []).map((column) => column.Name!));
    for (const { Data = [] } of isFirst ? rows.slice(1) : rows) {
      yield Object.fromEntries(names.map((name, at) => [name, Data[at]?.VarCharValue]));
    }
  }
}

async function fetchRows(client: AthenaClient, id: string, execution: QueryExecution) {
  let columns: string[] | undefined;
  const rows: Cell[][] = [];
  for await (const page of paginateGetQueryResults({ client }, { QueryExecutionId: id })) {
    const isFirst = columns === undefined;
    columns ??= (page.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map((column) => column.Name!);
    const data = (page.ResultSet?.Rows ?? []).map((row) => (row.Data ?? []).map((cell) => cell.VarCharValue));
    // Athena puts the column names into the first row of a SELECT's first page (not of SHOW and DESCRIBE).
    rows.push(...(isFirst && execution.StatementType === 'DML' ? data.slice(1) : data));
  }
  return { columns: columns ?? [], rows };
}
