import type { LocalLog, ObjectStore } from '../../runtime.ts';
import type { CrawlerSettings, CrawlTarget } from '../crawler-settings.ts';

export interface DataSetFile {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

export interface DataSetPartition {
  readonly values: readonly string[];
  /** `s3://…/`. */
  readonly location: string;
  readonly files: readonly DataSetFile[];
}

/** A folder that is one table. */
export interface DataSet {
  /** Name of the table, with the crawler's prefix. */
  readonly table: string;
  readonly bucket: string;
  /** `s3://…/`. */
  readonly folder: string;
  readonly files: readonly DataSetFile[];
  /** Names of the folders' levels; empty where all files lie in one folder, or in folders of different depth. */
  readonly partitionKeys: readonly string[];
  readonly partitions: readonly DataSetPartition[];
}

/** The folders below a crawler's targets that hold anything, in the order of their names. */
export async function findDataSets(
  { targets, tablePrefix, tableLevel }: CrawlerSettings,
  objects: ObjectStore,
  log: LocalLog,
): Promise<readonly DataSet[]> {
  const folders = new Map<string, { readonly bucket: string; readonly files: DataSetFile[] }>();
  for (const target of targets) {
    if (!objects.hasBucket(target.bucket)) continue;
    const depth = tableLevel === undefined ? levelOf(target) : tableLevel - 1;
    for await (const { key, size } of objects.list(target.bucket, target.prefix)) {
      if (size === 0 || target.excludes(key.slice(target.prefix.length))) continue;
      const parts = key.split('/');
      if (parts.length <= depth) {
        log.warn('a file lies in no folder that could be a table', { key });
        continue;
      }
      const folder = `s3://${target.bucket}/${parts.slice(0, depth).join('/')}/`;
      const found = folders.get(folder) ?? { bucket: target.bucket, files: [] };
      found.files.push({ key, size });
      folders.set(folder, found);
    }
  }
  return [...folders].toSorted().map(([folder, { bucket, files }]) => {
    const name = folder.slice(0, -1).slice(folder.slice(0, -1).lastIndexOf('/') + 1);
    const { partitionKeys, partitions } = partitionsOf(folder, bucket, files);
    return { table: `${tablePrefix}${tableName(name)}`, bucket, folder, files, partitionKeys, partitions };
  });
}

/** How many parts of a key name the folder just below a target. */
function levelOf({ prefix }: CrawlTarget): number {
  return prefix.split('/').length;
}

function tableName(folder: string): string {
  return folder.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_');
}

function partitionsOf(
  folder: string,
  bucket: string,
  files: readonly DataSetFile[],
): Pick<DataSet, 'partitionKeys' | 'partitions'> {
  const depthOfTable = folder.slice(`s3://${bucket}/`.length).split('/').length - 1;
  const byFolder = new Map<string, { readonly names: readonly string[]; readonly files: DataSetFile[] }>();
  for (const file of files) {
    const names = file.key.split('/').slice(depthOfTable, -1);
    const known = byFolder.get(names.join('/')) ?? { names, files: [] };
    known.files.push(file);
    byFolder.set(names.join('/'), known);
  }
  const folders = [...byFolder.values()];
  const levels = folders[0]?.names.length ?? 0;
  if (levels === 0 || folders.some(({ names }) => names.length !== levels))
    return { partitionKeys: [], partitions: [] };

  const partitionKeys = Array.from({ length: levels }, (_, level) =>
    keyName(
      folders.map(({ names }) => names[level] ?? ''),
      level,
    ),
  );
  const partitions = folders.map(({ names, files: own }) => ({
    values: names.map((name, level) => valueOf(name, partitionKeys[level] ?? '')),
    location: `${folder}${names.join('/')}/`,
    files: own,
  }));
  return { partitionKeys, partitions };
}

/** `day=…` in every folder of a level names it; else Glue counts. */
function keyName(names: readonly string[], level: number): string {
  const keys = new Set(names.map((name) => /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(name)?.[1]?.toLowerCase()));
  const [key] = keys;
  return keys.size === 1 && key !== undefined ? key : `partition_${level}`;
}

function valueOf(name: string, key: string): string {
  if (key.startsWith('partition_')) return name;
  const value = name.slice(name.indexOf('=') + 1);
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
