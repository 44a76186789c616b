import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonLines } from '../read-json-lines.ts';
import type { StoredExecution } from './execution.ts';

/** Executions that are remembered, newest first to last; Athena keeps them for 45 days. */
const KEPT = 5_000;

/** Executions by id, in the order of their start; finished ones outlive a restart. */
export interface ExecutionStore {
  get(id: string): StoredExecution | undefined;
  set(execution: StoredExecution): void;
  /** Writes a finished execution down. */
  keep(execution: StoredExecution): void;
  /** Newest first. */
  all(): readonly StoredExecution[];
}

export function createExecutionStore(dataDir: string): ExecutionStore {
  const folder = join(dataDir, 'athena');
  const path = join(folder, 'executions.jsonl');
  mkdirSync(folder, { recursive: true });
  const executions = new Map(
    readJsonLines<StoredExecution>(path, KEPT).map((stored) => [stored.execution.QueryExecutionId, stored]),
  );

  function set(stored: StoredExecution): void {
    executions.set(stored.execution.QueryExecutionId, stored);
    const [oldest] = executions.keys();
    if (executions.size > KEPT && oldest !== undefined) executions.delete(oldest);
  }

  return {
    get: (id) => executions.get(id),
    set,
    keep(stored) {
      set(stored);
      appendFileSync(path, `${JSON.stringify(stored)}\n`);
    },
    all: () => [...executions.values()].toReversed(),
  };
}
