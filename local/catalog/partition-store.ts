import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile, systemErrorCode } from '../durable-files.ts';
import type { GluePartition } from '../runtime.ts';

export type Partitions = Map<string, GluePartition>;

/** Partitions on disk. A table's are by the key of their values. */
export interface PartitionStore {
  of(database: string, table: string): ReadonlyMap<string, GluePartition>;
  /** Changes one table's partitions; done when the change is on disk. Readers see it only then. */
  change<T>(database: string, table: string, edit: (partitions: Partitions) => T): Promise<T>;
  clear(): Promise<void>;
}

export function createPartitionStore(folder: string): PartitionStore {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'partitions.json');
  let current = load(path);
  let last: Promise<unknown> = Promise.resolve();

  /** One change after the other, each on disk before anybody sees it. */
  function commit<T>(prepare: () => { readonly next: Map<string, Partitions>; readonly result: T }): Promise<T> {
    const change = last.then(async () => {
      const { next, result } = prepare();
      await save(path, next);
      current = next;
      return result;
    });
    last = change.catch(() => undefined);
    return change;
  }

  return {
    of: (database, table) => current.get(tableKey(database, table)) ?? new Map(),
    change: (database, table, edit) =>
      commit(() => {
        const partitions = new Map(current.get(tableKey(database, table)) ?? []);
        const result = edit(partitions);
        return { next: new Map(current).set(tableKey(database, table), partitions), result };
      }),
    clear: () => commit(() => ({ next: new Map(), result: undefined })),
  };
}

function load(path: string): Map<string, Partitions> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return new Map();
    throw error;
  }
  const saved = JSON.parse(text) as Saved | SavedWhole;
  return new Map(
    Object.entries(isWhole(saved) ? saved : saved.tables).map(([table, partitions]) => [
      table,
      new Map(
        partitions.map((partition) => [
          keyOfValues(partition.Values),
          isWhole(saved) ? partition : withColumns(partition, (number) => saved.columns[number as number]),
        ]),
      ),
    ]),
  );
}

/** As the file was before: columns at every partition. */
type SavedWhole = Readonly<Record<string, readonly GluePartition[]>>;

/** All partitions of a table have the same columns, or nearly: each list stands there once, and partitions its number. */
interface Saved {
  readonly columns: readonly unknown[];
  readonly tables: SavedWhole;
}

const isWhole = (saved: Saved | SavedWhole): saved is SavedWhole => !Array.isArray(saved['columns']);

function withColumns(partition: GluePartition, change: (columns: unknown) => unknown): GluePartition {
  const descriptor = partition.StorageDescriptor as Readonly<Record<string, unknown>> | undefined;
  if (descriptor?.['Columns'] === undefined) return partition;
  return {
    ...partition,
    StorageDescriptor: { ...descriptor, Columns: change(descriptor['Columns']) },
  } as GluePartition;
}

/** A run touches few partitions of many, so what it writes of the others has to be little. */
async function save(path: string, tables: ReadonlyMap<string, Partitions>): Promise<void> {
  const numbers = new Map<string, number>();
  const known = new Map<unknown, number>();
  function numberOf(columns: unknown): number {
    const present = known.get(columns);
    if (present !== undefined) return present;
    const text = JSON.stringify(columns);
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    known.set(columns, number);
    return number;
  }
  const kept = [...tables].map(([table, partitions]) => [
    table,
    Array.from(partitions.values(), (partition) => withColumns(partition, numberOf)),
  ]);
  const texts = JSON.stringify(Object.fromEntries(kept));
  await replaceFile(path, `{"columns":[${[...numbers.keys()].join(',')}],"tables":${texts}}`);
}

function tableKey(database: string, table: string): string {
  return `${database.toLowerCase()}.${table.toLowerCase()}`;
}

/** The same for the same values. */
export function keyOfValues(values: readonly string[]): string {
  return JSON.stringify(values);
}
