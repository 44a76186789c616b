import { join } from 'node:path';
import { createKeptDatabases } from './catalog/kept-databases.ts';
import type { GlueDatabase } from './catalog/kept-databases.ts';
import { createKeptTables } from './catalog/kept-tables.ts';
import { createPartitionIndexes } from './catalog/partition-indexes.ts';
import type { PartitionIndexes } from './catalog/partition-indexes.ts';
import { createPartitionStore, keyOfValues } from './catalog/partition-store.ts';
import { AwsError } from './runtime.ts';
import type { Catalog, Clock, GluePartition, GlueTable } from './runtime.ts';

export interface CatalogOptions {
  readonly dataDir: string;
  readonly clock?: Clock;
}

/**
 * The Glue Data Catalog of one data directory. Databases and tables are what the template says at each start; those
 * that a crawler or a client adds are kept beside them. Partitions are kept in `<dataDir>/catalog/partitions.json`,
 * replaced as a whole so that a reader sees either state.
 */
export function createCatalog({ dataDir, clock = Date.now }: CatalogOptions): Catalog & CatalogDescriptions {
  const folder = join(dataDir, 'catalog');
  const store = createPartitionStore(folder);
  const kept = createKeptTables(folder);
  const partitionIndexes = createPartitionIndexes(folder);
  const keptDatabases = createKeptDatabases(folder);
  const databases = new Map<string, GlueDatabase>();
  const tables = new Map<string, Map<string, GlueTable>>();

  const findDatabase = (name: string): GlueDatabase | undefined =>
    databases.get(name.toLowerCase()) ?? keptDatabases.all().get(name.toLowerCase());

  /** The template's tables of a database. */
  function inDatabase(database: string): Map<string, GlueTable> {
    if (!findDatabase(database)) throw new AwsError('EntityNotFoundException', `Database ${database} not found.`);
    return tables.get(database.toLowerCase()) ?? new Map<string, GlueTable>();
  }

  /** The template's definition comes first: a table that it takes over is no longer anybody else's. */
  function find(database: string, name: string): GlueTable | undefined {
    return tables.get(database.toLowerCase())?.get(name.toLowerCase()) ?? kept.find(database, name);
  }

  function tablesOf(database: string): readonly GlueTable[] {
    const own = tables.get(database.toLowerCase()) ?? new Map<string, GlueTable>();
    const others = kept.all().filter((table) => table.DatabaseName === database.toLowerCase() && !own.has(table.Name));
    return [...own.values(), ...others];
  }

  function asTable(database: string, input: Readonly<Record<string, unknown>>): GlueTable {
    inDatabase(database);
    const time = seconds(clock());
    return {
      CreateTime: time,
      UpdateTime: time,
      Retention: 0,
      VersionId: '1',
      ...input,
      ...withStorageDefaults(input.StorageDescriptor),
      Name: String(input.Name).toLowerCase(),
      DatabaseName: database.toLowerCase(),
    };
  }

  /** A partition with what Glue tells of every one. */
  function asPartition(database: string, table: string, partition: GluePartition): GluePartition {
    return {
      CreationTime: seconds(clock()),
      CatalogId: find(database, table)?.CatalogId,
      ...partition,
      ...withStorageDefaults(partition.StorageDescriptor),
      DatabaseName: database.toLowerCase(),
      TableName: table.toLowerCase(),
    };
  }

  return {
    partitionIndexes,
    defineDatabase(name, input) {
      const key = name.toLowerCase();
      databases.set(key, { CreateTime: seconds(clock()), ...input, Name: key });
      if (!tables.has(key)) tables.set(key, new Map());
    },
    defineTable(database, input) {
      const table = asTable(database, input);
      inDatabase(database).set(table.Name, table);
      return table;
    },
    async createTable(database, input) {
      const table = asTable(database, input);
      if (find(database, table.Name)) throw new AwsError('AlreadyExistsException', 'Table already exists.');
      await kept.put(table);
      return table;
    },
    async updateTable(database, input) {
      const current = find(database, String(input.Name));
      if (!current)
        throw new AwsError('EntityNotFoundException', `Entity Not Found: table ${database}.${String(input.Name)}`);
      const VersionId = String(Number(current.VersionId) + 1);
      const table = { ...asTable(database, input), CreateTime: current.CreateTime, VersionId };
      if (kept.find(database, table.Name)) await kept.put(table);
      else inDatabase(database).set(table.Name, table);
      return table;
    },
    async deleteTable(database, name) {
      if (!find(database, name)) return false;
      inDatabase(database).delete(name.toLowerCase());
      await kept.delete(database, name);
      await store.change(database, name, (partitions) => partitions.clear());
      return true;
    },
    async createDatabase(name, input) {
      if (findDatabase(name)) throw new AwsError('AlreadyExistsException', 'Database already exists.');
      const key = name.toLowerCase();
      await keptDatabases.put(key, { CreateTime: seconds(clock()), ...input, Name: key });
    },
    async deleteDatabase(name) {
      if (!keptDatabases.all().has(name.toLowerCase())) return false;
      for (const table of tablesOf(name)) await this.deleteTable(name, table.Name);
      return keptDatabases.delete(name.toLowerCase());
    },
    databases: () => [...new Set([...databases.keys(), ...keptDatabases.all().keys()])].toSorted(),
    describeDatabase: findDatabase,
    tables: (database) => tablesOf(database).toSorted((a, b) => compare(a.Name, b.Name)),
    table: find,
    partitions: (database, table) => [...store.of(database, table).values()],
    putPartitions: (database, table, partitions) =>
      store.change(database, table, (kept) => {
        for (const partition of partitions)
          kept.set(keyOfValues(partition.Values), asPartition(database, table, partition));
        return undefined;
      }),
    deletePartition: (database, table, values) =>
      store.change(database, table, (kept) => kept.delete(keyOfValues(values))),
    async clear() {
      await store.clear();
      await kept.clear();
      await keptDatabases.clear();
      await partitionIndexes.clear();
    },
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

function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
