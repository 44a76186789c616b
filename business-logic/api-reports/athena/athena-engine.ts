import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  TooManyRequestsException,
  type AthenaClient,
  type QueryExecution,
  type Row,
} from '@aws-sdk/client-athena';
import { toLiteral } from '../../../lib/queries/literals.ts';
import { Throttled } from '../../shared/http/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Report } from '../report.ts';
import type { Cell, ExecutionState, ReportEngine, ReportRun, ResultColumn } from '../report-engine.ts';
import type { FindDataVersion } from './data-version.ts';
import type { ReportTexts } from './named-query-texts.ts';
import { reuseResult, type Reuse } from './reuse-result.ts';

export interface AthenaEngineDeps {
  readonly client: AthenaClient;
  readonly database: string;
  readonly workGroup: string;
  /** Where restricted reports run; absent where there are none. */
  readonly restrictedWorkGroup?: string | undefined;
  readonly findText: ReportTexts;
  readonly findDataVersion: FindDataVersion;
  readonly logger: Pick<Logger, 'error' | 'warn'>;
  readonly now: () => number;
}

/** Rows of one GetQueryResults, the header among them. */
const mostRows = 1_000;

/** Runs reports on Athena: the text from its saved query, the parameters as execution parameters. */
export function athenaEngine(deps: AthenaEngineDeps): ReportEngine {
  const { client, logger } = deps;
  return {
    start: (run) => start(run, deps),
    texts: async (reports) =>
      new Map(await Promise.all(reports.map(async (one) => [one.name, await deps.findText(one)] as const))),
    async state(executionId) {
      const { QueryExecution: execution } = await client.send(
        new GetQueryExecutionCommand({ QueryExecutionId: executionId }),
      );
      const state = stateOf(execution);
      if (state.status === 'failed' || state.status === 'too large') {
        // Its reason may quote rows, so it is looked up under this id by whoever may see them.
        const { ErrorCategory: category, ErrorType: type } = execution?.Status?.AthenaError ?? {};
        logger.error('report did not succeed', { executionId, state: execution?.Status?.State, category, type });
      }
      return state;
    },
    page: (executionId, limit, from) => readPage(client, executionId, limit, from),
  };
}

async function start({ report, values }: ReportRun, deps: AthenaEngineDeps): Promise<string> {
  const text = await deps.findText(report);
  const parameters = executionParameters(report, values);
  const reuse = await findReuse(report, parameters, deps);
  const command = new StartQueryExecutionCommand({
    QueryString: reuse ? `${text.trimEnd()}\n${reuse.comment}\n` : text,
    WorkGroup: workGroupOf(report, deps),
    QueryExecutionContext: { Database: deps.database },
    ...(parameters.length > 0 && { ExecutionParameters: parameters }),
    ...(reuse && { ResultReuseConfiguration: reuse.configuration }),
  });
  try {
    return (await deps.client.send(command)).QueryExecutionId!;
  } catch (error) {
    if (error instanceof TooManyRequestsException) throw new Throttled('too many reports at once', { cause: error });
    throw error;
  }
}

/** Athena reads each of them as an SQL expression: nothing but `toLiteral` and the report's own defaults make them. */
function executionParameters({ parameters }: Report, values: Readonly<Record<string, string>>): string[] {
  return parameters.map(({ name, type, default: fallback }) => {
    const value = values[name];
    if (value !== undefined) return toLiteral(type, value);
    if (fallback === undefined) throw new Error(`no value for ${name}`);
    return fallback;
  });
}

function workGroupOf({ name, isRestricted }: Report, { workGroup, restrictedWorkGroup }: AthenaEngineDeps): string {
  if (!isRestricted) return workGroup;
  if (restrictedWorkGroup === undefined) throw new Error(`${name} is restricted, and there is no workgroup for it`);
  return restrictedWorkGroup;
}

/** A report runs anew when nobody can say whether the data has changed; that is no reason not to run it. */
async function findReuse(
  { isRestricted, readsRaw }: Report,
  parameters: readonly string[],
  { findDataVersion, now, logger }: AthenaEngineDeps,
): Promise<Reuse | undefined> {
  if (isRestricted || readsRaw) return undefined;
  try {
    const version = await findDataVersion();
    return version && reuseResult(version, parameters, now());
  } catch (error) {
    logger.warn('last run of the workflow could not be found', { error });
    return undefined;
  }
}

function stateOf(execution: QueryExecution | undefined): ExecutionState {
  const { Status: { State, StateChangeReason } = {}, Statistics: statistics } = execution ?? {};
  if (State === 'QUEUED' || State === 'RUNNING') return { status: 'running' };
  // Athena cancels what exceeds the workgroup's limit, and says so in words alone.
  if (State === 'CANCELLED' && /bytes scanned limit/i.test(StateChangeReason ?? '')) return { status: 'too large' };
  if (State !== 'SUCCEEDED') return { status: 'failed' };
  return {
    status: 'succeeded',
    statistics: {
      scannedBytes: statistics?.DataScannedInBytes ?? 0,
      milliseconds: statistics?.TotalExecutionTimeInMillis ?? 0,
      isReused: statistics?.ResultReuseInformation?.ReusedPreviousResult ?? false,
    },
  };
}

/** Asks until there are `limit` rows or no more: Athena may answer fewer than asked for, and counts the header. */
async function readPage(client: AthenaClient, QueryExecutionId: string, limit: number, from: string | undefined) {
  let columns: ResultColumn[] | undefined;
  const rows: Cell[][] = [];
  let next = from;
  do {
    const header = next === undefined ? 1 : 0;
    const { ResultSet, NextToken } = await client.send(
      new GetQueryResultsCommand({
        QueryExecutionId,
        MaxResults: Math.min(mostRows, limit - rows.length + header),
        ...(next !== undefined && { NextToken: next }),
      }),
    );
    columns ??= (ResultSet?.ResultSetMetadata?.ColumnInfo ?? []).map(({ Name, Type }) => ({
      name: Name!,
      type: Type!,
    }));
    rows.push(...(ResultSet?.Rows ?? []).slice(header).map(cellsOf));
    next = NextToken;
  } while (next !== undefined && rows.length < limit);
  return { columns, rows, ...(next !== undefined && { next }) };
}

const cellsOf = ({ Data = [] }: Row): Cell[] => Data.map(({ VarCharValue }) => VarCharValue ?? null);
