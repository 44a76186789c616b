import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile, systemErrorCode } from '../durable-files.ts';

/** An index over some of a table's partition keys. Here it only has to be known: few partitions need no index. */
export interface PartitionIndex {
  readonly IndexName: string;
  /** Names of partition keys, in their order. */
  readonly Keys: readonly string[];
}

/** The partition indexes of one data directory, by table; kept in `<dataDir>/catalog/partition-indexes.json`. */
export interface PartitionIndexes {
  of(database: string, table: string): readonly PartitionIndex[];
  /** Done when it is on disk. */
  replace(database: string, table: string, indexes: readonly PartitionIndex[]): Promise<void>;
  clear(): Promise<void>;
}

export function createPartitionIndexes(folder: string): PartitionIndexes {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'partition-indexes.json');
  const indexes = load(path);
  const save = () => replaceFile(path, JSON.stringify(Object.fromEntries(indexes)));
  return {
    of: (database, table) => indexes.get(`${database}.${table}`) ?? [],
    async replace(database, table, those) {
      indexes.set(`${database}.${table}`, those);
      await save();
    },
    async clear() {
      indexes.clear();
      await save();
    },
  };
}

function load(path: string): Map<string, readonly PartitionIndex[]> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(path, 'utf8')) as Record<string, PartitionIndex[]>));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return new Map();
    throw error;
  }
}
