import { join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { bodyOf, parseStatement } from '../../lib/queries/sql-tree.ts';
import { transpileTree } from '../../lib/queries/transpile.ts';
import type { Catalog, Clock, GlueTable, ObjectStore } from '../runtime.ts';
import type { Condition } from './partition-conditions.ts';
import { replaceColumns } from './partition-conditions.ts';
import { isProjected, projectPartitions } from './partition-projection.ts';
import type { TablePartition } from './partition-projection.ts';

export interface TableFile {
  readonly path: string;
  /** `arn:aws:s3:::<bucket>/<key>`: what a policy calls it. */
  readonly arn: string;
  /** Bytes. */
  readonly size: number;
}

/** A partition with its files; a table without partition keys is one partition without values. */
export interface PartitionFiles {
  readonly values: readonly string[];
  readonly files: readonly TableFile[];
}

export interface TableFilesOptions {
  readonly catalog: Catalog;
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

/** The files that a table consists of now, by the catalog's word; those that the conditions exclude are left out. */
export async function listTableFiles(
  table: GlueTable,
  conditions: readonly Condition[],
  connection: DuckDBConnection,
  options: TableFilesOptions,
): Promise<PartitionFiles[]> {
  const partitions = await matching(table, partitionsOf(table, options), conditions, connection);
  const found = await listPartitions(partitions, options.objects);
  return found.filter(({ files }) => files.length > 0);
}

function partitionsOf(table: GlueTable, { catalog, clock }: TableFilesOptions): readonly TablePartition[] {
  const location = table.StorageDescriptor?.Location ?? '';
  if ((table.PartitionKeys ?? []).length === 0) return [{ values: [], location }];
  // Athena looks at the configuration alone where a table is projected, and at the catalog alone where it is not.
  if (isProjected(table)) return projectPartitions(table, clock);
  return catalog
    .partitions(table.DatabaseName, table.Name)
    .map(({ Values, StorageDescriptor }) => ({ values: Values, location: StorageDescriptor?.Location ?? '' }));
}

/** DuckDB itself judges the conditions over the list of partitions, so that any expression works. */
async function matching(
  table: GlueTable,
  partitions: readonly TablePartition[],
  conditions: readonly Condition[],
  connection: DuckDBConnection,
): Promise<readonly TablePartition[]> {
  const keys = table.PartitionKeys ?? [];
  if (conditions.length === 0 || partitions.length === 0 || keys.length === 0) return partitions;
  const rows = partitions.map(({ values }, index) => `(${[index, ...values.map(quote)].join(', ')})`).join(', ');
  const names = ['partition_index', ...keys.map((_, index) => `key_${index}`)].join(', ');
  const typed = keys.map(({ Name, Type = 'string' }, index) => {
    const type = /^(tinyint|smallint|int|integer|bigint)$/i.test(Type)
      ? 'BIGINT'
      : /^date$/i.test(Type)
        ? 'DATE'
        : 'VARCHAR';
    return `CAST(key_${index} AS ${type}) AS ${quoteName(Name)}`;
  });
  const where = conditions.map((condition) => `(${writeCondition(condition)})`).join(' AND ');
  const sql = `SELECT partition_index FROM (SELECT partition_index, ${typed.join(', ')} FROM (VALUES ${rows}) AS partitions(${names})) WHERE ${where}`;
  const result = await connection.runAndReadAll(sql);
  const kept = new Set(result.getRows().map(([index]) => Number(index)));
  return partitions.filter((_, index) => kept.has(index));
}

function writeCondition(condition: Condition): string {
  const select = transpileTree(wrap(replaceColumns(condition, (name) => name)), 'duckdb');
  return select.replace(/^SELECT /, '');
}

/** A condition as a whole statement, which is what can be written in another dialect. */
function wrap(condition: Condition): Condition {
  const paren = { paren: { this: condition, trailing_comments: [] } };
  return { select: { ...bodyOf(emptySelect, 'select'), expressions: [paren] } };
}

const emptySelect = parseStatement('SELECT 1');

/** Above so many partitions, one listing of what they have in common is quicker than one for each. */
const FEW_PARTITIONS = 4;

async function listPartitions(partitions: readonly TablePartition[], objects: ObjectStore): Promise<PartitionFiles[]> {
  const found = new Map<string, TableFile[]>();
  for (const { location } of partitions) found.set(folderOf(location), []);
  const folders = [...found.keys()];
  const common = commonFolder(folders);
  const roots = folders.length > FEW_PARTITIONS && common !== 's3://' ? [common] : folders;

  for (const root of roots) {
    const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(root) ?? [];
    if (bucket === undefined || !objects.hasBucket(bucket)) continue;
    for await (const { key, size } of objects.sizes(bucket, prefix)) {
      const files = found.get(nearestFolder(`s3://${bucket}/${key}`, found));
      // Athena hides what begins with an underscore or a point.
      const isHidden = key.split('/').some((part) => /^[_.]/.test(part));
      if (!files || size === 0 || isHidden) continue;
      const path = resolve(join(objects.bucketPath(bucket), key));
      files.push({ path, arn: `arn:aws:s3:::${bucket}/${key}`, size });
    }
  }
  return partitions.map(({ values, location }) => ({ values, files: found.get(folderOf(location)) ?? [] }));
}

function folderOf(location: string): string {
  return location.replace(/\/?$/, '/');
}

/** The deepest folder that all lie in; `s3://` where they lie in several buckets. */
function commonFolder(folders: readonly string[]): string {
  const [first = ''] = folders;
  let length = first.length;
  for (const folder of folders) {
    while (!folder.startsWith(first.slice(0, length))) length -= 1;
  }
  return first.slice(0, first.slice(0, length).lastIndexOf('/') + 1);
}

function nearestFolder(address: string, folders: ReadonlyMap<string, unknown>): string {
  for (let end = address.lastIndexOf('/'); end > 0; end = address.lastIndexOf('/', end - 1)) {
    const folder = address.slice(0, end + 1);
    if (folders.has(folder)) return folder;
  }
  return '';
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
