import {
  ActiveSessionsExceededException,
  ActiveStatementsExceededException,
  ExecuteStatementException,
} from '@aws-sdk/client-redshift-data';
import { Throttled, Unavailable } from '../../shared/http/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { WarehouseReport, WarehouseSql } from '../../shared/warehouse-statements.ts';
import type { ExecutionState, ReportEngine, ReportRun } from '../report-engine.ts';
import { bindValues } from './bind-values.ts';
import {
  describeStatement,
  millisecondsOf,
  readPage,
  startStatement,
  type StatementState,
  type StatementTarget,
} from './statements.ts';

export interface RedshiftEngineDeps extends StatementTarget {
  readonly reports: WarehouseSql['reports'];
  readonly logger: Pick<Logger, 'error'>;
}

/**
 * Runs reports on Redshift through the Data API, with bound parameters, in the name of the function's own role: the
 * warehouse knows it as a user of its own, who may read what its reports read.
 */
export function redshiftEngine(deps: RedshiftEngineDeps): ReportEngine {
  const { client, logger, reports } = deps;
  return {
    start: (run) => start(run, deps),
    texts: async (asked) => new Map(asked.map(({ name }) => [name, reportOf(name, reports).sql])),
    async state(executionId) {
      const described = await describeStatement(client, executionId);
      const state = stateOf(described);
      // Its reason may quote rows, so it is looked up under this id by whoever may see them.
      if (state.status === 'failed') {
        logger.error('report did not succeed', {
          executionId,
          state: described.Status,
          redshiftQueryId: described.RedshiftQueryId,
        });
      }
      return state;
    },
    page: (executionId, limit, from, name) =>
      readPage(client, executionId, limit, from, reportOf(name, reports).columns),
  };
}

async function start({ report, values }: ReportRun, deps: RedshiftEngineDeps): Promise<string> {
  const statement = bindValues(reportOf(report.name, deps.reports), values);
  try {
    return await startStatement(deps, statement, report.name);
  } catch (error) {
    if (error instanceof ActiveStatementsExceededException || error instanceof ActiveSessionsExceededException) {
      throw new Throttled('too many reports at once', { cause: error });
    }
    if (error instanceof ExecuteStatementException) {
      throw new Unavailable('the warehouse cannot run the report at the moment', { cause: error });
    }
    throw error;
  }
}

function reportOf(name: string, reports: WarehouseSql['reports']): WarehouseReport {
  const found = Object.hasOwn(reports, name) ? reports[name] : undefined;
  if (!found) throw new Error(`${name} has no text for the warehouse`);
  return found;
}

const underway = new Set<string | undefined>(['SUBMITTED', 'PICKED', 'STARTED']);

function stateOf(described: StatementState): ExecutionState {
  if (underway.has(described.Status)) return { status: 'running' };
  if (described.Status !== 'FINISHED') return { status: 'failed' };
  const milliseconds = millisecondsOf(described);
  // Redshift keeps results of its own and says neither that it used one, nor how many bytes it read.
  return { status: 'succeeded', statistics: { scannedBytes: null, milliseconds, isReused: false } };
}
