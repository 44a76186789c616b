import { randomUUID } from 'node:crypto';
import { errorText } from '../../error-text.ts';
import { AwsError } from '../../runtime.ts';
import type { Clock, LocalLog } from '../../runtime.ts';
import { WarehouseError } from '../engine.ts';
import type { WarehouseRows } from '../engine.ts';
import { bindNamed } from '../sql-text.ts';
import type { SqlParameter } from '../sql-text.ts';
import type { StatementRunner } from '../statement-runner.ts';
import { writeResult } from './result-file.ts';
import { isOver } from './statement.ts';
import type { Outcome, StoredStatement } from './statement.ts';
import type { StatementStore } from './statement-store.ts';

export interface StatementRequest {
  readonly texts: readonly string[];
  readonly isBatch: boolean;
  readonly isTransaction: boolean;
  readonly parameters: readonly SqlParameter[];
  readonly name?: string;
  readonly workgroup: string;
  readonly database: string;
  /** Database user; undefined for the admin. */
  readonly user: string | undefined;
  readonly userName: string;
  readonly secretArn?: string;
  readonly owner: string;
  /** Runs the statements. */
  readonly runner: StatementRunner;
}

/** Statements as the Data API runs them: answered at once, one after another in the engine, kept for 24 hours. */
export interface StatementRuns {
  /** Throws AwsError for parameters that do not fit. */
  start(request: StatementRequest): StoredStatement;
  /** Done when the statement is over, or after so many milliseconds. */
  wait(id: string, milliseconds: number): Promise<void>;
  cancel(id: string): Promise<boolean>;
  /** Stops what runs and waits for it. */
  stop(): Promise<void>;
}

/** Most statements of a warehouse that wait or run. */
const ACTIVE_STATEMENTS = 500;

/** Most bytes of a result. */
const RESULT_BYTES = 500 << 20;

export function createStatementRuns(options: {
  readonly store: StatementStore;
  readonly clock: Clock;
  readonly log: LocalLog;
}): StatementRuns {
  const { store, clock, log } = options;
  const active = new Map<
    string,
    { readonly done: Promise<void>; readonly runner: StatementRunner; cancelled: boolean }
  >();
  let queryId = store.all().reduce((most, { parts }) => Math.max(most, ...parts.map((part) => part.queryId)), 0);

  function newOutcome(): Outcome {
    queryId += 1;
    const updatedAt = clock();
    return { status: 'SUBMITTED', duration: -1, resultRows: -1, resultSize: -1, queryId, updatedAt };
  }

  async function run(id: string, request: StatementRequest): Promise<void> {
    const { runner, parameters, texts, user, isTransaction } = request;
    const used = new Set<string>();
    const statements = texts.map((text) => bindNamed(text, parameters, used));
    const begun: number[] = [];
    const isCancelled = (): boolean => active.get(id)?.cancelled === true;
    let failure: { readonly part: number; readonly error: string } | undefined;

    const change = (part: number, outcome: Partial<Outcome>): void => {
      const stored = store.get(id);
      if (!stored) return;
      const parts = stored.parts.map((one, index) =>
        index === part ? { ...one, ...outcome, updatedAt: clock() } : one,
      );
      store.set({ ...stored, status: 'STARTED', updatedAt: clock(), parts });
    };
    const answer = async (part: number, result: WarehouseRows): Promise<void> => {
      const { columns, rows, affectedRows } = result;
      const size = columns.length > 0 ? await writeResult(store.resultPath(id, part), rows) : -1;
      if (size > RESULT_BYTES) throw new WarehouseError(`the result exceeds ${RESULT_BYTES >> 20} MB`);
      change(part, {
        status: 'FINISHED',
        duration: Math.round((performance.now() - (begun[part] ?? 0)) * 1e6),
        resultRows: columns.length > 0 ? rows.length : affectedRows,
        resultSize: size,
        ...(columns.length > 0 && { columns }),
      });
    };
    try {
      await runner.run(statements, {
        user,
        isTransaction,
        queryIds: store.get(id)?.parts.map((part) => part.queryId) ?? [],
        isCancelled,
        begin(part) {
          begun[part] = performance.now();
          change(part, { status: 'STARTED' });
        },
        answer,
        fail(part, error) {
          failure ??= { part, error: textOf(error) };
          const duration = Math.round((performance.now() - (begun[part] ?? performance.now())) * 1e6);
          change(part, { status: isCancelled() ? 'ABORTED' : 'FAILED', error: textOf(error), duration });
        },
      });
    } catch (error) {
      failure ??= { part: -1, error: textOf(error) };
    }
    finish(id, failure?.error, isCancelled());
  }

  /** A batch is what became of it as a whole; what never ran is given up. */
  function finish(id: string, error: string | undefined, isCancelled: boolean): void {
    const stored = store.get(id);
    if (!stored) return;
    const updatedAt = clock();
    const parts = stored.parts.map((part) =>
      isOver(part) ? part : { ...part, status: 'ABORTED' as const, updatedAt },
    );
    const last = parts.findLast(({ columns }) => columns !== undefined);
    const ran = parts.filter(({ duration }) => duration >= 0);
    const results = parts.filter(({ resultSize }) => resultSize >= 0);
    store.keep({
      ...stored,
      status: error === undefined ? 'FINISHED' : isCancelled ? 'ABORTED' : 'FAILED',
      ...(error !== undefined && { error: isCancelled ? "Query cancelled on user's request" : error }),
      duration: ran.reduce((sum, part) => sum + part.duration, 0),
      resultRows: stored.isBatch ? -1 : (parts[0]?.resultRows ?? -1),
      resultSize: results.length > 0 ? results.reduce((sum, part) => sum + part.resultSize, 0) : -1,
      ...(last?.columns && { columns: last.columns }),
      updatedAt,
      parts,
    });
  }

  return {
    start(request) {
      if (active.size >= ACTIVE_STATEMENTS) {
        const message = `The maximum of ${ACTIVE_STATEMENTS} active statements is reached`;
        throw new AwsError('ActiveStatementsExceededException', message);
      }
      checkParameters(request);
      const { runner, userName, ...described } = request;
      const id = randomUUID();
      const parts = request.texts.map(newOutcome);
      const stored: StoredStatement = {
        ...described,
        ...(parts[0] ?? newOutcome()),
        user: userName,
        id,
        createdAt: clock(),
        parts,
      };
      store.keep(stored);
      const entry = { done: Promise.resolve(), runner, cancelled: false };
      active.set(id, entry);
      const done = run(id, request)
        .catch((error: unknown) => log.error('a statement was lost', { error: errorText(error) }))
        .finally(() => active.delete(id));
      active.set(id, Object.assign(entry, { done }));
      return stored;
    },
    async wait(id, milliseconds) {
      const entry = active.get(id);
      if (!entry || milliseconds <= 0) return;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
      await Promise.race([entry.done, late]);
      clearTimeout(timer);
    },
    async cancel(id) {
      const entry = active.get(id);
      if (!entry) return false;
      entry.cancelled = true;
      const runs = store.get(id)?.parts.some(({ status }) => status === 'STARTED') ?? false;
      if (runs) await entry.runner.cancel();
      return true;
    },
    async stop() {
      const left = [...active.values()];
      for (const entry of left) entry.cancelled = true;
      const [first] = left;
      await first?.runner.cancel();
      await Promise.all(left.map(({ done }) => done));
    },
  };
}

function checkParameters({ texts, parameters }: StatementRequest): void {
  const used = new Set<string>();
  for (const text of texts) bindNamed(text, parameters, used);
  const unused = parameters.find(({ name }) => !used.has(name));
  if (unused) throw new AwsError('ValidationException', `Parameter ${unused.name} is not used in the SQL text`);
}

function textOf(error: unknown): string {
  if (!(error instanceof WarehouseError)) return `ERROR: ${errorText(error)}`;
  return `ERROR: ${error.message}${error.detail === undefined ? '' : `\n  Detail: ${error.detail}`}`;
}
