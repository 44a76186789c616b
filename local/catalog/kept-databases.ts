import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile, systemErrorCode } from '../durable-files.ts';

/** A database as Glue tells of it. */
export type GlueDatabase = Readonly<Record<string, unknown>>;

/** Databases that a client made, beside the template's; kept in `<dataDir>/catalog/databases.json`. */
export interface KeptDatabases {
  /** By name. */
  all(): ReadonlyMap<string, GlueDatabase>;
  /** Adds or replaces it; done when it is on disk. */
  put(name: string, database: GlueDatabase): Promise<void>;
  /** Whether it was there. */
  delete(name: string): Promise<boolean>;
  clear(): Promise<void>;
}

export function createKeptDatabases(folder: string): KeptDatabases {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'databases.json');
  const databases = load(path);
  let last: Promise<void> = Promise.resolve();
  const save = () =>
    (last = last.catch(() => undefined).then(() => replaceFile(path, JSON.stringify(Object.fromEntries(databases)))));

  return {
    all: () => databases,
    put(name, database) {
      databases.set(name, database);
      return save();
    },
    async delete(name) {
      const isKnown = databases.delete(name);
      if (isKnown) await save();
      return isKnown;
    },
    clear() {
      databases.clear();
      return save();
    },
  };
}

function load(path: string): Map<string, GlueDatabase> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, GlueDatabase>));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return new Map();
    throw error;
  }
}
