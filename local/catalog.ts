import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPartitionIndexes } from './catalog/partition-indexes.ts';
import type { PartitionIndexes } from './catalog/partition-indexes.ts';
import { replaceFile, systemErrorCode } from './durable-files.ts';
import { AwsError } from './runtime.ts';
import type { Catalog, Clock, GluePartition, GlueTable } from './runtime.ts';

export interface CatalogOptions {
  readonly dataDir: string;
  readonly clock?: Clock;
}

/**
 * The Glue Data Catalog of one data directory. Databases and tables are what the template says at each start;
 * partitions are kept in `<dataDir>/catalog/partitions.json`, replaced as a whole so that a reader sees either state.
 */
export function createCatalog({ dataDir, clock = Date.now }: CatalogOptions): Catalog & CatalogDescriptions {
  const store = partitionStore(join(dataDir, 'catalog'));
  const databases = new Map<string, Readonly<Record<string, unknown>>>();
  const tables = new Map<string, Map<string, GlueTable>>();

  /** A partition with what Glue tells of every one. */
  function asPartition(database: string, table: string, partition: GluePartition): GluePartition {
    return {
      CreationTime: seconds(clock()),
      CatalogId: tables.get(database.toLowerCase())?.get(table.toLowerCase())?.CatalogId,
      ...partition,
      ...withStorageDefaults(partition.StorageDescriptor),
      DatabaseName: database.toLowerCase(),
      TableName: table.toLowerCase(),
    };
  }

  return {
    partitionIndexes: createPartitionIndexes(join(dataDir, 'catalog')),
    defineDatabase(name, input) {
      const key = name.toLowerCase();
      databases.set(key, { CreateTime: seconds(clock()), ...input, Name: key });
      if (!tables.has(key)) tables.set(key, new Map());
    },
    defineTable(database, input) {
      const inDatabase = tables.get(database.toLowerCase());
      if (!inDatabase) throw new AwsError('EntityNotFoundException', `Database ${database} not found.`);
      const name = String(input.Name).toLowerCase();
      const time = seconds(clock());
      const table: GlueTable = {
        CreateTime: time,
        UpdateTime: time,
        Retention: 0,
        VersionId: '1',
        ...input,
        ...withStorageDefaults(input.StorageDescriptor),
        Name: name,
        DatabaseName: database.toLowerCase(),
      };
      inDatabase.set(name, table);
      return table;
    },
    databases: () => [...databases.keys()].toSorted(),
    describeDatabase: (name) => databases.get(name.toLowerCase()),
    tables: (database) =>
      [...(tables.get(database.toLowerCase())?.values() ?? [])].toSorted((a, b) => compare(a.Name, b.Name)),
    table: (database, name) => tables.get(database.toLowerCase())?.get(name.toLowerCase()),
    partitions: (database, table) => [...store.of(database, table).values()],
    putPartitions: (database, table, partitions) =>
      store.change(database, table, (kept) => {
        for (const partition of partitions) kept.set(keyOf(partition.Values), asPartition(database, table, partition));
        return undefined;
      }),
    deletePartition: (database, table, values) => store.change(database, table, (kept) => kept.delete(keyOf(values))),
  };
}

/** Glue tells these of every storage descriptor, given or not; readers such as Trino's take them for granted. */
function withStorageDefaults(given: unknown): Pick<GlueTable, 'StorageDescriptor'> {
  if (typeof given !== 'object' || given === null) return {};
  return { StorageDescriptor: { Compressed: false, NumberOfBuckets: 0, StoredAsSubDirectories: false, ...given } };
}

/** What Glue tells about databases and tables beyond what queries need. */
export interface CatalogDescriptions {
  readonly partitionIndexes: PartitionIndexes;
  describeDatabase(name: string): Readonly<Record<string, unknown>> | undefined;
}

type Partitions = Map<string, GluePartition>;

interface PartitionStore {
  of(database: string, table: string): ReadonlyMap<string, GluePartition>;
  /** Changes one table's partitions; done when the change is on disk. Readers see it only then. */
  change<T>(database: string, table: string, edit: (partitions: Partitions) => T): Promise<T>;
}

function partitionStore(folder: string): PartitionStore {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'partitions.json');
  let current = load(path);
  let last: Promise<unknown> = Promise.resolve();

  return {
    of: (database, table) => current.get(tableKey(database, table)) ?? new Map(),
    change(database, table, edit) {
      const change = last.then(async () => {
        const next = new Map(current);
        const partitions = new Map(next.get(tableKey(database, table)) ?? []);
        const result = edit(partitions);
        next.set(tableKey(database, table), partitions);
        await save(path, next);
        current = next;
        return result;
      });
      last = change.catch(() => undefined);
      return change;
    },
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
  const saved = JSON.parse(text) as Record<string, GluePartition[]>;
  return new Map(
    Object.entries(saved).map(([table, partitions]) => [
      table,
      new Map(partitions.map((partition) => [keyOf(partition.Values), partition])),
    ]),
  );
}

async function save(path: string, tables: ReadonlyMap<string, Partitions>): Promise<void> {
  const kept = [...tables].map(([table, partitions]) => [table, [...partitions.values()]]);
  await replaceFile(path, JSON.stringify(Object.fromEntries(kept)));
}

function tableKey(database: string, table: string): string {
  return `${database.toLowerCase()}.${table.toLowerCase()}`;
}

function keyOf(values: readonly string[]): string {
  return JSON.stringify(values);
}

function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
