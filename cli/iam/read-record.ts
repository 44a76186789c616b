import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DefinedStatement, RecordedDecision } from '../../local/policy/decision-record.ts';

/** What pipelines decided, and the statements that the templates themselves (no test's edits) give. */
export interface DecisionRecords {
  readonly statements: readonly DefinedStatement[];
  readonly decisions: readonly RecordedDecision[];
}

/** Reads the folders that pipelines left below one. Throws Error where there is none. */
export function readRecords(root: string): DecisionRecords {
  const folders = existsSync(root) ? readdirSync(root) : [];
  if (folders.length === 0)
    throw new Error(`${root} holds no record: tests leave one where PLAYLAKE_DECISIONS names it`);
  const all = <T>(name: string, of: readonly string[]): T[] =>
    of.flatMap((folder) => linesOf<T>(join(root, folder, name)));
  const synthesized = folders.filter((folder) => folder.startsWith('as-synthesized-'));
  return {
    statements: unique(all<DefinedStatement>('statements.jsonl', synthesized)),
    decisions: all<RecordedDecision>('decisions.jsonl', folders),
  };
}

/** A process that was killed may have left half of its last line. */
function linesOf<T>(path: string): T[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as T);
}

function unique(statements: readonly DefinedStatement[]): DefinedStatement[] {
  return [...new Map(statements.map((one) => [`${one.id} ${one.origin}`, one])).values()];
}
