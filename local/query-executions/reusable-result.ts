import type { Clock, ObjectStore } from '../runtime.ts';
import type { QueryExecution, StoredExecution } from './execution.ts';

export interface ReuseContext {
  readonly objects: Pick<ObjectStore, 'head'>;
  readonly clock: Clock;
}

/**
 * The newest finished execution whose result may answer a query: the same text, parameters, database and workgroup, its
 * result where this one's would lie, finished no longer ago than that, and still there. Athena does not ask whether the
 * data has changed since. An answer that was itself taken from an earlier one counts by that one's age.
 */
export async function findReusable(
  queued: QueryExecution,
  maxAgeMinutes: number,
  earlier: readonly StoredExecution[],
  { objects, clock }: ReuseContext,
): Promise<StoredExecution | undefined> {
  const oldest = clock() / 1000 - maxAgeMinutes * 60;
  const asked = identity(queued);
  for (const stored of earlier) {
    const { execution } = stored;
    const { Status, Statistics, StatementType, ResultConfiguration } = execution;
    if (execution.Query !== queued.Query || Status.State !== 'SUCCEEDED' || StatementType !== 'DML') continue;
    if (Statistics.ResultReuseInformation.ReusedPreviousResult || identity(execution) !== asked) continue;
    if ((Status.CompletionDateTime ?? 0) < oldest) continue;
    const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(ResultConfiguration.OutputLocation) ?? [];
    if (await objects.head(bucket, key)) return stored;
  }
  return undefined;
}

function identity(execution: QueryExecution): string {
  const { Query, ExecutionParameters = [], QueryExecutionContext, WorkGroup, ResultConfiguration } = execution;
  const folder = ResultConfiguration.OutputLocation.replace(/[^/]*$/, '');
  return JSON.stringify([Query, ExecutionParameters, QueryExecutionContext, WorkGroup, folder]);
}
