import type { Catalog, GluePartition, GlueTable, ObjectStore } from '../../runtime.ts';
import { escapeValue } from './place.ts';
import { listFiles } from './raw-objects.ts';
import type { LakeFile } from './raw-objects.ts';

/** A partition as a run finds it. */
export interface StoredPartition {
  readonly values: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  /** `s3://bucket/<prefix>`, with a slash at its end. */
  readonly location: string;
  /** The same without the bucket. */
  readonly prefix: string;
  readonly files: readonly LakeFile[];
  /** Prefixes of runs beside it that no partition points to. */
  readonly orphans: readonly string[];
}

/** A partition to be: where its files lie by now. */
export interface NewPartition {
  readonly values: readonly string[];
  readonly prefix: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A table of the catalog whose partitions a run moves. */
export interface PartitionedTable {
  readonly table: GlueTable;
  /** Prefix of the table's folder, without a slash at its end. */
  readonly prefix: string;
  /** Values of every partition there is. */
  values(): readonly (readonly string[])[];
  /** The partition with its files; undefined if there is none. */
  find(values: readonly string[]): Promise<StoredPartition | undefined>;
  /** Prefix of a partition's folder, without a slash at its end. */
  folder(values: readonly string[]): string;
  /** Creates or switches partitions in one step. */
  put(partitions: readonly NewPartition[]): Promise<void>;
}

export interface PartitionedTableOptions {
  readonly catalog: Catalog;
  readonly objects: ObjectStore;
  readonly bucket: string;
  readonly database: string;
  readonly name: string;
  /** Where the table's files belong; default: the table's own location. */
  readonly prefix?: string;
}

/** Throws Error where the catalog has no such table. */
export function openPartitionedTable(options: PartitionedTableOptions): PartitionedTable {
  const { catalog, objects, bucket, database, name } = options;
  const table = catalog.table(database, name);
  if (!table) throw new Error(`the catalog has no table ${database}.${name}`);
  const prefix = options.prefix ?? keyOf(table.StorageDescriptor?.Location ?? '').replace(/\/$/, '');
  const keys = (table.PartitionKeys ?? []).map((key) => key.Name);

  function keyOf(location: string): string {
    const start = `s3://${bucket}/`;
    if (!location.startsWith(start))
      throw new Error(`${location} lies outside of ${start}: nothing is moved between buckets`);
    return location.slice(start.length);
  }

  // Thousands of partitions need not repeat what columns are for.
  const columns = (table.StorageDescriptor?.Columns ?? []).map(({ Name, Type }) => ({ Name, Type }));
  const descriptor = { ...table.StorageDescriptor, Columns: columns };

  const folder = (values: readonly string[]) =>
    [prefix, ...keys.map((key, index) => `${key}=${escapeValue(values[index] ?? '')}`)].join('/');

  let index: ReadonlyMap<string, GluePartition> | undefined;
  function partition(values: readonly string[]): GluePartition | undefined {
    index ??= new Map(catalog.partitions(database, name).map((one) => [JSON.stringify(one.Values), one]));
    return index.get(JSON.stringify(values));
  }

  return {
    table,
    prefix,
    folder,
    values: () => catalog.partitions(database, name).map(({ Values }) => Values),
    async find(values) {
      const found = partition(values);
      if (!found) return undefined;
      const location = (found.StorageDescriptor?.Location ?? '').replace(/\/*$/, '/');
      const present = keyOf(location);
      const own = `${folder(values)}/`;
      if (!present.startsWith(`${own}run=`)) {
        throw new Error(`the partition in ${own} is at ${location}; the events job reads only what it wrote itself`);
      }
      const below = await listFiles(objects, bucket, own);
      const runs = below.map(({ key }) => `${own}${key.slice(own.length).split('/', 1)[0]}/`);
      return {
        values,
        parameters: found.Parameters ?? {},
        location,
        prefix: present,
        files: below.filter(({ key }) => key.startsWith(present)),
        orphans: [...new Set(runs)].filter((run) => run !== present && run.startsWith(`${own}run=`)),
      };
    },
    async put(partitions) {
      index = undefined;
      if (partitions.length === 0) return;
      await catalog.putPartitions(
        database,
        name,
        partitions.map((one) => ({
          Values: one.values,
          StorageDescriptor: { ...descriptor, Location: `s3://${bucket}/${one.prefix}` },
          Parameters: one.parameters,
        })),
      );
    },
  };
}
