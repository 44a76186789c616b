import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../durable-files.ts';
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
  const executions = new Map(load(path).map((stored) => [stored.execution.QueryExecutionId, stored]));

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

/** The last line may be cut off by a crash; it is then left out, and the query can be run again. */
function load(path: string): StoredExecution[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
  const lines = text.split('\n').slice(0, -1).slice(-KEPT);
  return lines.flatMap((line) => {
    try {
      return [JSON.parse(line) as StoredExecution];
    } catch {
      return [];
    }
  });
}
