import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  type DescribeStatementCommandOutput,
  type GetStatementResultCommandOutput,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { ReportColumn } from '../../shared/warehouse-statements.ts';
import type { Cell, ResultPage } from '../report-engine.ts';
import type { BoundStatement } from './bind-values.ts';
import { readCell, readColumn, type WarehouseResultColumn } from './read-cell.ts';

/** Where statements run: in the name of the caller's own identity, unless a secret says another user. */
export interface StatementTarget {
  readonly client: RedshiftDataClient;
  readonly workgroup: string;
  readonly database: string;
}

/** Starts a statement and gives its id, under which its result stays for 24 hours. */
export async function startStatement(
  { client, workgroup, database }: StatementTarget,
  { sql, parameters }: BoundStatement,
  name?: string,
): Promise<string> {
  const { Id } = await client.send(
    new ExecuteStatementCommand({
      WorkgroupName: workgroup,
      Database: database,
      Sql: sql,
      ...(parameters.length > 0 && { Parameters: [...parameters] }),
      ...(name !== undefined && { StatementName: name }),
    }),
  );
  return Id!;
}

export type StatementState = DescribeStatementCommandOutput;

export const describeStatement = (client: RedshiftDataClient, Id: string): Promise<StatementState> =>
  client.send(new DescribeStatementCommand({ Id }));

/** Milliseconds that a statement ran; the Data API counts nanoseconds. */
export const millisecondsOf = ({ Duration = 0 }: StatementState): number => Math.round(Math.max(0, Duration) / 1e6);

/** Behind which rows a page begins: a page of the Data API, and how many rows of it are left out. */
interface Place {
  readonly token?: string;
  readonly skipped: number;
}

/**
 * At most `limit` rows of a statement that has finished, from `start` on or from the first. The Data API cuts its pages
 * where it likes and takes no limit, so that ours may begin and end within one of its own.
 * @param declared columns that the statement is known to have, with Athena's types
 */
export async function readPage(
  client: RedshiftDataClient,
  Id: string,
  limit: number,
  start: string | undefined,
  declared: readonly ReportColumn[] = [],
): Promise<ResultPage> {
  let columns: readonly WarehouseResultColumn[] | undefined;
  const rows: (readonly Cell[])[] = [];
  let place: Place | undefined = readPlace(start);
  while (place && (columns === undefined || rows.length < limit)) {
    const { token, skipped }: Place = place;
    const page: GetStatementResultCommandOutput = await client.send(
      new GetStatementResultCommand({ Id, ...(token !== undefined && { NextToken: token }) }),
    );
    const known = (columns ??= (page.ColumnMetadata ?? []).map((column, index) =>
      readColumn(column, declared[index]?.type),
    ));
    const records = page.Records ?? [];
    const end = Math.min(records.length, skipped + limit - rows.length);
    for (const record of records.slice(skipped, end)) {
      rows.push(record.map((field, index) => readCell(known[index]!, field)));
    }
    if (end < records.length) place = { ...(token !== undefined && { token }), skipped: end };
    else place = page.NextToken ? { token: page.NextToken, skipped: 0 } : undefined;
  }
  return {
    columns: (columns ?? []).map(({ name, type }) => ({ name, type })),
    rows,
    ...(place && { next: writePlace(place) }),
  };
}

const writePlace = ({ token = '', skipped }: Place): string => `${skipped}:${token}`;

function readPlace(start: string | undefined): Place {
  const [, skipped = '0', token = ''] = /^(\d+):(.*)$/s.exec(start ?? '0:') ?? [];
  return { skipped: Number(skipped), ...(token !== '' && { token }) };
}
