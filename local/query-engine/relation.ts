import type { GlueTable } from '../runtime.ts';
import { duckdbType } from './hive-type.ts';
import { quote, quoteName } from './table-files.ts';
import type { PartitionFiles } from './table-files.ts';
import { fileFormat, textSources } from './text-files.ts';

/** A condition on a column of times. */
export interface TimeCondition {
  readonly column: string;
  /** The condition in DuckDB's SQL, given what the column is called. */
  readonly ofTime: (column: string) => string;
}

/**
 * A table of the catalog as a SELECT over its files: every column with its type, also those that no file has. Firehose
 * writes times as INT96, we write them with a zone: both come out as UTC times.
 *
 * @param onTimes what is asked of times as the files have them: what is read of a file is chosen by that, and not by what
 *   is asked of the times they become
 */
export function relationSql(
  table: GlueTable,
  partitions: readonly PartitionFiles[],
  onTimes: readonly TimeCondition[] = [],
): string {
  const columns = (table.StorageDescriptor?.Columns ?? []).map(({ Name, Type = 'string' }) => ({
    name: Name,
    type: duckdbType(Type),
  }));
  const keys = (table.PartitionKeys ?? []).map(({ Name, Type = 'string' }) => ({ name: Name, type: duckdbType(Type) }));
  const all = [...columns, ...keys];
  const format = partitions.length > 0 ? fileFormat(table) : 'parquet';

  // A typed row that is not there gives the columns that no file has, and the type of a table without files.
  const none = `SELECT ${all.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`).join(', ')} WHERE false`;
  const sources = [
    none,
    ...(format === 'parquet'
      ? fileSources(
          partitions,
          keys.map(({ name }) => name),
        )
      : textSources(table, format, partitions)),
  ];
  const typed = format === 'parquet' ? ofParquet : cast;
  const list = all.map(({ name, type }) => `${typed(quoteName(name), type)} AS ${quoteName(name)}`).join(', ');
  const asked = format === 'parquet' ? onTimes.map(({ column, ofTime }) => ofTime(`files.${quoteName(column)}`)) : [];
  const where = asked.length === 0 ? '' : ` WHERE ${asked.map((condition) => `(${condition})`).join(' AND ')}`;
  return `SELECT ${list} FROM (${sources.join(' UNION ALL BY NAME ')}) AS files${where}`;
}

const cast = (column: string, type: string): string => `CAST(${column} AS ${type})`;

/**
 * A cast of a time with a zone asks a calendar for each row, which takes thirty times as long as the same by its
 * microseconds since the epoch: the zone is always UTC.
 */
const ofParquet = (column: string, type: string): string =>
  type === 'TIMESTAMP' ? `make_timestamp(epoch_us(${column}))` : cast(column, type);

function fileSources(partitions: readonly PartitionFiles[], keys: readonly string[]): string[] {
  if (partitions.length === 0) return [];
  const folders = keys.length > 0 ? commonFolderKeys(partitions) : undefined;
  if (folders !== undefined && partitions.every((partition) => namesItsKeys(partition, keys))) {
    // The folders bear the keys, as Hive does it: one reader of all files, which leaves out files by itself too.
    const types = folders.map((key) => `${quote(key)}: 'VARCHAR'`).join(', ');
    const files = partitions.flatMap((partition) => partition.files.map(({ path }) => quote(path)));
    return [
      `SELECT * FROM read_parquet([${files.join(', ')}], union_by_name = true, hive_partitioning = true, hive_types = {${types}})`,
    ];
  }
  return partitions.map(({ values, files }) => {
    const list = files.map(({ path }) => quote(path)).join(', ');
    const constants = keys.map((key, index) => `, ${quote(values[index] ?? '')} AS ${quoteName(key)}`).join('');
    return `SELECT *${constants} FROM read_parquet([${list}], union_by_name = true, hive_partitioning = false)`;
  });
}

/** The `key` of every folder `key=value` above the files, where all files have the same: a run's prefix is one, too. */
function commonFolderKeys(partitions: readonly PartitionFiles[]): readonly string[] | undefined {
  let common: readonly string[] | undefined;
  for (const { files } of partitions) {
    for (const { path } of files) {
      const keys = hiveFolders(path).map((part) => part.slice(0, part.indexOf('=')));
      common ??= keys;
      if (keys.join('/') !== common.join('/')) return undefined;
    }
  }
  return common;
}

/** Whether every file's folders say `key=value` with this partition's own values. */
function namesItsKeys({ values, files }: PartitionFiles, keys: readonly string[]): boolean {
  return files.every(({ path }) => {
    const folders = hiveFolders(path);
    return keys.every((key, index) => {
      const own = folders.filter((folder) => folder.startsWith(`${key}=`));
      return own.length === 1 && own[0] === `${key}=${values[index] ?? ''}`;
    });
  });
}

function hiveFolders(path: string): string[] {
  return path
    .split('/')
    .slice(0, -1)
    .filter((part) => part.includes('='));
}
