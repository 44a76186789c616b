import { setTimeout as sleep } from 'node:timers/promises';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { bindValues, type BoundStatement } from '../business-logic/api-reports/redshift/bind-values.ts';
import {
  describeStatement,
  millisecondsOf,
  readPage,
  startStatement,
  type StatementState,
  type StatementTarget,
} from '../business-logic/api-reports/redshift/statements.ts';
import type { ReportColumn } from '../business-logic/shared/warehouse-statements.ts';
import { parseQuery } from '../lib/queries/read-query.ts';
import { bindParameters } from './bind-parameters.ts';
import type { Cell } from './format-table.ts';
import type { QueryEngine, QueryResult } from './query-engine.ts';
import type { Signer } from './signed-fetch.ts';

export interface RedshiftTarget {
  readonly signer: Signer;
  /** Undefined for AWS itself. */
  readonly endpoint: string | undefined;
  readonly workgroup: string;
  readonly database: string;
}

const rowsOfAPage = 10_000;

/**
 * Queries through Redshift's Data API, in the caller's own name, on a laptop or on AWS alike.
 * @param athena where the saved queries are: the warehouse runs the same texts, put into its own SQL
 */
export function createRedshift(target: RedshiftTarget, athena: QueryEngine): QueryEngine {
  const client = new RedshiftDataClient({
    region: target.signer.region,
    credentials: target.signer.credentials,
    ...(target.endpoint !== undefined && { endpoint: target.endpoint }),
  });
  const statements = { client, workgroup: target.workgroup, database: target.database };

  return {
    name: 'Redshift',
    savedQueries: () => athena.savedQueries(),
    async runSaved(saved, values) {
      const query = parseQuery(saved.name, saved.text);
      // Refuses what the report does not take, in words for people.
      bindParameters(query, values);
      const { reportInRedshift } = await import('../lib/warehouse/reports.ts');
      const report = reportInRedshift(query);
      return runStatement(statements, bindValues(report, values), saved.name, report.columns);
    },
    run: (sql) => runStatement(statements, { sql, parameters: [] }),
    close: () => {
      client.destroy();
      athena.close();
    },
  };
}

async function runStatement(
  target: StatementTarget,
  statement: BoundStatement,
  name?: string,
  declared: readonly ReportColumn[] = [],
): Promise<QueryResult> {
  const id = await startStatement(target, statement, name);
  const state = await untilFinished(target, id);
  const rows: (readonly Cell[])[] = [];
  let columns: readonly string[] = [];
  if (state.HasResultSet !== false) {
    for (let start: string | undefined, isFirst = true; isFirst || start !== undefined; isFirst = false) {
      const page = await readPage(target.client, id, rowsOfAPage, start, declared);
      columns = page.columns.map((column) => column.name);
      rows.push(...page.rows);
      start = page.next;
    }
  }
  return { columns, rows, scannedBytes: null, milliseconds: millisecondsOf(state) };
}

async function untilFinished({ client }: StatementTarget, id: string): Promise<StatementState> {
  for (let waitMs = 20; ; waitMs = Math.min(1_000, waitMs * 1.5)) {
    const state = await describeStatement(client, id);
    if (state.Status === 'FINISHED') return state;
    if (state.Status === 'FAILED' || state.Status === 'ABORTED') {
      throw new Error(`the query ${state.Status.toLowerCase()}: ${state.Error ?? 'no reason given'}`);
    }
    await sleep(waitMs);
  }
}
