import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile, systemErrorCode } from '../durable-files.ts';
import type { GlueTable } from '../runtime.ts';

/** Tables that were made over the API or by a crawler, not by the template; kept in `<dataDir>/catalog/tables.json`. */
export interface KeptTables {
  all(): readonly GlueTable[];
  find(database: string, name: string): GlueTable | undefined;
  /** Adds or replaces it; done when it is on disk. Readers see it at once. */
  put(table: GlueTable): Promise<void>;
  /** Whether it was there. */
  delete(database: string, name: string): Promise<boolean>;
  clear(): Promise<void>;
}

export function createKeptTables(folder: string): KeptTables {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'tables.json');
  const tables = new Map(load(path).map((table) => [keyOf(table.DatabaseName, table.Name), table]));
  let last: Promise<void> = Promise.resolve();
  const save = () =>
    (last = last.catch(() => undefined).then(() => replaceFile(path, JSON.stringify([...tables.values()]))));

  return {
    all: () => [...tables.values()],
    find: (database, name) => tables.get(keyOf(database, name)),
    put(table) {
      tables.set(keyOf(table.DatabaseName, table.Name), table);
      return save();
    },
    async delete(database, name) {
      const isKnown = tables.delete(keyOf(database, name));
      if (isKnown) await save();
      return isKnown;
    },
    clear() {
      tables.clear();
      return save();
    },
  };
}

function load(path: string): GlueTable[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as GlueTable[];
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function keyOf(database: string, name: string): string {
  return `${database.toLowerCase()}.${name.toLowerCase()}`;
}
