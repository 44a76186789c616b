import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readJsonLines } from './read-json-lines.ts';

/** Records by id, in the order in which they were first put; each change is one line of a file and outlives a restart. */
export interface RecordLog<T> {
  get(id: string): T | undefined;
  put(id: string, record: T): void;
  /** Newest first. */
  all(): readonly T[];
  clear(): void;
}

/** Opens the log at `path`; the oldest of more than `kept` records are forgotten. */
export function openRecordLog<T>(path: string, kept: number): RecordLog<T> {
  mkdirSync(dirname(path), { recursive: true });
  const records = new Map<string, T>();
  const set = (id: string, record: T): void => {
    records.set(id, record);
    const [oldest] = records.keys();
    if (records.size > kept && oldest !== undefined) records.delete(oldest);
  };
  for (const [id, record] of readJsonLines<readonly [string, T]>(path)) set(id, record);
  // Leaves out what changed since, and ends the last line where a crash cut it off.
  writeFileSync(`${path}.new`, [...records].map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  renameSync(`${path}.new`, path);

  return {
    get: (id) => records.get(id),
    put(id, record) {
      set(id, record);
      appendFileSync(path, `${JSON.stringify([id, record])}\n`);
    },
    all: () => [...records.values()].toReversed(),
    clear() {
      records.clear();
      rmSync(path, { force: true });
    },
  };
}
