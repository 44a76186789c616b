import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonLines } from '../../read-json-lines.ts';
import type { Clock } from '../../runtime.ts';
import { isOver } from './statement.ts';
import type { StoredStatement } from './statement.ts';

/** For how long the Data API keeps a statement and its result. */
const KEPT_MS = 24 * 3_600_000;

/** Statements of the last 24 hours. */
export interface StatementStore {
  get(id: string): StoredStatement | undefined;
  /** Remembers it until the process ends. */
  set(statement: StoredStatement): void;
  /** Remembers it, also beyond a restart. */
  keep(statement: StoredStatement): void;
  /** Newest first. */
  all(): readonly StoredStatement[];
  /** File of the rows that a statement's part gave back. */
  resultPath(id: string, part: number): string;
}

export function createStatementStore({ folder, clock }: { folder: string; clock: Clock }): StatementStore {
  const path = join(folder, 'statements.jsonl');
  const results = join(folder, 'results');
  mkdirSync(results, { recursive: true });
  const statements = new Map<string, StoredStatement>();
  const resultPath = (id: string, part: number): string => join(results, `${id}-${part}.jsonl`);

  function forget(): void {
    const before = clock() - KEPT_MS;
    for (const [id, { createdAt, texts }] of statements) {
      if (createdAt >= before) break;
      statements.delete(id);
      for (const part of texts.keys()) rmSync(resultPath(id, part), { force: true });
    }
  }

  // Of a statement whose last line a crash cut off, the one before it counts.
  for (const stored of readJsonLines<StoredStatement>(path))
    statements.set(stored.id, isOver(stored) ? stored : broken(stored, clock()));
  forget();
  writeFileSync(path, [...statements.values()].map((stored) => `${JSON.stringify(stored)}\n`).join(''));

  return {
    get(id) {
      forget();
      return statements.get(id);
    },
    set(statement) {
      statements.set(statement.id, statement);
    },
    keep(statement) {
      statements.set(statement.id, statement);
      appendFileSync(path, `${JSON.stringify(statement)}\n`);
    },
    all() {
      forget();
      return [...statements.values()].toReversed();
    },
    resultPath,
  };
}

/** A statement that ran when the process ended: whether it was committed, only the database itself can tell. */
function broken(statement: StoredStatement, now: number): StoredStatement {
  const error = 'ERROR: the connection to the warehouse was lost while the statement ran';
  const parts = statement.parts.map((part) =>
    isOver(part) ? part : { ...part, status: 'ABORTED' as const, updatedAt: now },
  );
  return { ...statement, status: 'FAILED', error, updatedAt: now, parts };
}
