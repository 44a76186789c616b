import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AthenaColumn } from './athena-values.ts';
import { errorText } from './error-text.ts';
import { createExecutionStore } from './query-executions/execution-store.ts';
import { isFinished } from './query-executions/execution.ts';
import type { QueryExecution, StoredExecution } from './query-executions/execution.ts';
import { findReusable } from './query-executions/reusable-result.ts';
import { readResultFile, writeResultFile } from './query-executions/result-file.ts';
import type { ResultRow } from './query-executions/result-file.ts';
import type { QueryEngine } from './query-engine.ts';
import { checkDefaultDatabase, checkOutputAccess } from './query-engine/check-access.ts';
import type { Refusal } from './query-engine/check-access.ts';
import { QueryError, ScanLimitExceeded } from './query-engine/query-error.ts';
import { AwsError } from './runtime.ts';
import type { Clock, LocalLog, ObjectStore } from './runtime.ts';

export interface QueryExecutionsOptions {
  readonly engine: QueryEngine;
  readonly objects: ObjectStore;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: LocalLog;
}

export interface ExecutionRequest {
  readonly sql: string;
  readonly database: string;
  readonly workGroup: string;
  readonly parameters?: readonly string[];
  /** Folder for results, `s3://bucket/prefix/`. */
  readonly outputLocation: string;
  readonly scanLimitBytes?: number;
  /** Whether the caller may do this; default: all is allowed. */
  readonly refusal?: Refusal;
  /** Takes the result of the same query if it is no older than this. */
  readonly reuseMinutes?: number;
}

export interface ResultPage {
  readonly columns: readonly AthenaColumn[];
  readonly rows: readonly ResultRow[];
  readonly nextToken?: string;
}

/** Query executions as Athena runs them: queued, run a few at a time, results stored as a file and read in pages. */
export interface QueryExecutions {
  /** Takes a query in; gives back its id at once. */
  start(request: ExecutionRequest): string;
  /** Throws InvalidRequestException for an unknown id. */
  get(id: string): QueryExecution;
  list(workGroup: string): readonly QueryExecution[];
  cancel(id: string): void;
  /** Rows with the header as the first, `maxResults` at a time. */
  results(id: string, maxResults: number, token: string | undefined): Promise<ResultPage>;
  rowCount(id: string): number;
  /** Stops what runs and waits for it. */
  stop(): Promise<void>;
}

/** Queries that run side by side; Athena's own quota is per account, here the machine is shared with the pipeline. */
const RUNNING_AT_ONCE = 3;

interface Running {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

export function createQueryExecutions(options: QueryExecutionsOptions): QueryExecutions {
  const { objects, clock } = options;
  const store = createExecutionStore(options.dataDir);
  const folder = join(options.dataDir, 'athena', 'results');
  mkdirSync(folder, { recursive: true });
  const running = new Map<string, Running>();
  const waiting: (() => void)[] = [];
  let active = 0;

  async function turn<T>(task: () => Promise<T>): Promise<T> {
    if (active >= RUNNING_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    active += 1;
    try {
      return await task();
    } finally {
      active -= 1;
      waiting.shift()?.();
    }
  }

  /** Answers a query with an earlier one's result, if it may and there is one. */
  async function reuse(queued: QueryExecution, { reuseMinutes, refusal }: ExecutionRequest): Promise<boolean> {
    if (reuseMinutes === undefined) return false;
    const found = await findReusable(queued, reuseMinutes, store.all(), options);
    if (!found) return false;
    const arn = found.execution.ResultConfiguration.OutputLocation.replace('s3://', 'arn:aws:s3:::');
    if (refusal?.('s3:GetObject', arn) !== undefined) return false;
    store.keep(reusing(queued, found, clock()));
    return true;
  }

  function find(id: string): StoredExecution {
    const stored = store.get(id);
    if (!stored) throw invalid(`QueryExecution ${id} was not found`);
    return stored;
  }

  return {
    start(request) {
      const id = randomUUID();
      const execution = newExecution(id, request, clock() / 1000);
      store.set({ execution, columns: [], rowCount: 0 });
      const controller = new AbortController();
      const work = reuse(execution, request).then((isReused) =>
        isReused
          ? undefined
          : turn(() => execute(execution, request, controller.signal, { ...options, folder, store })),
      );
      const done = work.catch((error: unknown) =>
        options.log.error('query execution was lost', { error: errorText(error) }),
      );
      running.set(id, { controller, done: done.finally(() => running.delete(id)) });
      return id;
    },
    get: (id) => find(id).execution,
    list: (workGroup) =>
      store
        .all()
        .map(({ execution }) => execution)
        .filter((execution) => execution.WorkGroup === workGroup),
    cancel(id) {
      find(id);
      running.get(id)?.controller.abort();
    },
    async results(id, maxResults, token) {
      const { execution, columns } = find(id);
      if (execution.Status.State !== 'SUCCEEDED') throw notSucceeded(execution);
      const location = execution.ResultConfiguration.OutputLocation;
      const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
      const head = await objects.head(bucket, key);
      if (!head) throw invalid(`Could not find results at ${location}`);
      const start = offsetOf(token, id);
      if (start >= head.size) return { columns, rows: [] };

      const rows: ResultRow[] = [];
      const stream = await objects.read(bucket, key, { start, end: head.size - 1 });
      const format = location.endsWith('.csv') ? 'csv' : 'txt';
      for await (const { row, end } of readResultFile(stream, format)) {
        rows.push(row);
        if (rows.length < maxResults) continue;
        const next = start + end;
        stream.destroy();
        return next < head.size ? { columns, rows, nextToken: tokenOf(id, next) } : { columns, rows };
      }
      return { columns, rows };
    },
    rowCount: (id) => find(id).rowCount,
    async stop() {
      const left = [...running.values()];
      for (const { controller } of left) controller.abort();
      await Promise.all(left.map(({ done }) => done));
    },
  };
}

interface ExecuteContext extends QueryExecutionsOptions {
  readonly folder: string;
  readonly store: ReturnType<typeof createExecutionStore>;
}

async function execute(
  queued: QueryExecution,
  request: ExecutionRequest,
  signal: AbortSignal,
  { engine, objects, clock, folder, store }: ExecuteContext,
): Promise<void> {
  const started = clock();
  const waited = Math.max(0, started - queued.Status.SubmissionDateTime * 1000);
  const file = join(folder, queued.QueryExecutionId);
  let scannedBytes = 0;
  const statistics = () => ({
    ...queued.Statistics,
    QueryQueueTimeInMillis: Math.round(waited),
    EngineExecutionTimeInMillis: clock() - started,
    TotalExecutionTimeInMillis: Math.round(clock() - queued.Status.SubmissionDateTime * 1000),
    DataScannedInBytes: scannedBytes,
  });
  try {
    if (signal.aborted) throw new QueryError('Query was cancelled');
    store.set({ execution: { ...queued, Status: { ...queued.Status, State: 'RUNNING' } }, columns: [], rowCount: 0 });
    const { OutputLocation } = queued.ResultConfiguration;
    if (request.refusal) {
      checkDefaultDatabase(request.refusal);
      checkOutputAccess(request.refusal, OutputLocation);
    }
    const result = await engine.run({ ...request, signal });
    scannedBytes = result.scannedBytes;
    const format = result.statementType === 'DML' ? 'csv' : 'txt';
    let rowCount = 0;
    const counted = async function* counted() {
      for await (const batch of result.batches) {
        rowCount += batch.length;
        yield batch;
      }
    };
    await writeResultFile(
      file,
      format,
      result.columns.map(({ name }) => name),
      counted(),
    );
    const location = `${queued.ResultConfiguration.OutputLocation.replace(/\.csv$/, '')}.${format}`;
    const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
    await objects.putFile(bucket, key, file, { contentType: 'application/octet-stream' });
    store.keep({
      columns: result.columns,
      rowCount,
      execution: {
        ...queued,
        StatementType: result.statementType,
        ...(result.statementType === 'DML' && { SubstatementType: 'SELECT' }),
        ResultConfiguration: { OutputLocation: location },
        Status: { ...queued.Status, State: 'SUCCEEDED', CompletionDateTime: clock() / 1000 },
        Statistics: statistics(),
      },
    });
  } catch (error) {
    await rm(file, { force: true });
    const status = { ...queued.Status, CompletionDateTime: clock() / 1000, ...failure(error, signal.aborted) };
    store.keep({ columns: [], rowCount: 0, execution: { ...queued, Status: status, Statistics: statistics() } });
  }
}

/** An execution that points to what another one has written. */
function reusing(queued: QueryExecution, found: StoredExecution, now: number): StoredExecution {
  const { StatementType, SubstatementType, ResultConfiguration } = found.execution;
  const millis = Math.round(now - queued.Status.SubmissionDateTime * 1000);
  return {
    ...found,
    execution: {
      ...queued,
      StatementType,
      ...(SubstatementType !== undefined && { SubstatementType }),
      ResultConfiguration,
      Status: { ...queued.Status, State: 'SUCCEEDED', CompletionDateTime: now / 1000 },
      Statistics: {
        ...queued.Statistics,
        TotalExecutionTimeInMillis: millis,
        ServiceProcessingTimeInMillis: millis,
        ResultReuseInformation: { ReusedPreviousResult: true },
      },
    },
  };
}

function failure(
  error: unknown,
  isCancelled: boolean,
): Pick<QueryExecution['Status'], 'State' | 'StateChangeReason' | 'AthenaError'> {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof ScanLimitExceeded) return { State: 'CANCELLED', StateChangeReason: reason };
  if (isCancelled) return { State: 'CANCELLED', StateChangeReason: 'Query was cancelled' };
  const ErrorCategory = error instanceof QueryError ? error.category : 1;
  return {
    State: 'FAILED',
    StateChangeReason: reason,
    AthenaError: { ErrorCategory, ErrorType: 0, Retryable: false, ErrorMessage: reason },
  };
}

function newExecution(id: string, request: ExecutionRequest, time: number): QueryExecution {
  return {
    QueryExecutionId: id,
    Query: request.sql,
    StatementType: 'DML',
    WorkGroup: request.workGroup,
    QueryExecutionContext: { Database: request.database, Catalog: 'awsdatacatalog' },
    ResultConfiguration: { OutputLocation: `${request.outputLocation.replace(/\/?$/, '/')}${id}.csv` },
    ...(request.parameters && request.parameters.length > 0 && { ExecutionParameters: request.parameters }),
    EngineVersion: { SelectedEngineVersion: 'AUTO', EffectiveEngineVersion: 'Athena engine version 3' },
    Status: { State: 'QUEUED', SubmissionDateTime: time },
    Statistics: {
      EngineExecutionTimeInMillis: 0,
      DataScannedInBytes: 0,
      TotalExecutionTimeInMillis: 0,
      QueryQueueTimeInMillis: 0,
      ServiceProcessingTimeInMillis: 0,
      ResultReuseInformation: { ReusedPreviousResult: false },
    },
  };
}

function tokenOf(id: string, offset: number): string {
  return Buffer.from(`${id}:${offset}`).toString('base64url');
}

function offsetOf(token: string | undefined, id: string): number {
  if (token === undefined) return 0;
  const [owner, offset] = Buffer.from(token, 'base64url').toString('utf8').split(':');
  if (owner !== id || !/^\d+$/.test(offset ?? '')) throw invalid('NextToken is not of this query');
  return Number(offset);
}

function notSucceeded({ Status }: QueryExecution): AwsError {
  const text = isFinished({ Status } as QueryExecution) ? `is ${Status.State}` : 'is not finished yet';
  return invalid(`Query has not yet finished. Current state: ${Status.State} (it ${text})`);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidRequestException', message);
}
