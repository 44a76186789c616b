import type { GlueTable } from '../runtime.ts';
import { duckdbType } from './hive-type.ts';
import { QueryError } from './query-error.ts';
import { quote, quoteName } from './table-files.ts';
import type { PartitionFiles } from './table-files.ts';

/** How the files of a table are read. */
export type FileFormat = 'parquet' | 'json' | 'delimited text' | 'quoted CSV';

const formats: readonly (readonly [RegExp, FileFormat])[] = [
  [/ParquetHiveSerDe$/, 'parquet'],
  [/JsonSerDe$/i, 'json'],
  [/LazySimpleSerDe$/, 'delimited text'],
  [/OpenCSVSerde$/i, 'quoted CSV'],
];

/** The format that a table's SerDe reads. Throws QueryError for one that is not read here. */
export function fileFormat(table: GlueTable): FileFormat {
  const { InputFormat = '' } = table.StorageDescriptor ?? {};
  if (/parquet/i.test(String(InputFormat))) return 'parquet';
  const library = serdeOf(table).SerializationLibrary ?? '';
  const found = formats.find(([pattern]) => pattern.test(library));
  if (found) return found[1];
  throw new QueryError(
    `HIVE_UNSUPPORTED_FORMAT: ${table.Name} is read by ${library || 'no SerDe'}; Parquet, JSON lines and CSV are read here`,
  );
}

/** SELECTs over a table's text files, one for each partition: columns by their names in the catalog, keys as constants. */
export function textSources(
  table: GlueTable,
  format: Exclude<FileFormat, 'parquet'>,
  partitions: readonly PartitionFiles[],
): readonly string[] {
  const keys = (table.PartitionKeys ?? []).map(({ Name }) => Name);
  return partitions.map(({ values, files }) => {
    const list = `[${files.map(({ path }) => quote(path)).join(', ')}]`;
    const { select, from } = readers[format](table, list);
    const constants = keys.map((key, index) => `${quote(values[index] ?? '')} AS ${quoteName(key)}`);
    return `SELECT ${[...select, ...constants].join(', ')} FROM ${from}`;
  });
}

interface Source {
  readonly select: readonly string[];
  readonly from: string;
}

const readers: Readonly<Record<Exclude<FileFormat, 'parquet'>, (table: GlueTable, list: string) => Source>> = {
  json: jsonSource,
  'delimited text': delimitedSource,
  'quoted CSV': quotedSource,
};

/**
 * Members by the catalog's columns, whose case does not matter: the SerDe's `paths`, which a crawler writes, tell how the
 * files write them.
 */
function jsonSource(table: GlueTable, list: string): Source {
  const paths = (serdeOf(table).Parameters?.['paths'] ?? '').split(',');
  const members = columnsOf(table).map(({ name, type }) => ({
    name,
    type,
    path: paths.find((path) => path.toLowerCase() === name) ?? name,
  }));
  const columns = members.map(({ path, type }) => `${quote(path)}: ${quote(type)}`).join(', ');
  return {
    select: members.map(({ name, path }) => `${quoteName(path)} AS ${quoteName(name)}`),
    from: `read_json(${list}, format = 'newline_delimited', columns = {${columns}}, hive_partitioning = false)`,
  };
}

/**
 * Hive's own reader of delimited text: cells by position, no quotes; a cell that is missing, `\N`, or no value of its
 * column's type is null.
 */
function delimitedSource(table: GlueTable, list: string): Source {
  const delimiter = serdeOf(table).Parameters?.['field.delim'] ?? '\u0001';
  // The line as a whole, split by nothing that a text holds.
  const lines = readCsv(list, { columns: `{'line': 'VARCHAR'}`, delimiter: '\u0002', quoted: false, table });
  return {
    select: columnsOf(table).map(({ name, type }, index) => {
      const cell = `nullif(cells[${index + 1}], '\\N')`;
      return type === 'VARCHAR'
        ? `${cell} AS ${quoteName(name)}`
        : `TRY_CAST(nullif(trim(${cell}), '') AS ${type}) AS ${quoteName(name)}`;
    }),
    from: `(SELECT string_split(rtrim(line, chr(13)), ${quote(delimiter)}) AS cells FROM ${lines})`,
  };
}

function quotedSource(table: GlueTable, list: string): Source {
  const { separatorChar = ',' } = serdeOf(table).Parameters ?? {};
  const columns = columnsOf(table);
  const texts = columns.map((_, index) => `'cell_${index}': 'VARCHAR'`).join(', ');
  return {
    select: columns.map(({ name, type }, index) => `CAST(nullif(cell_${index}, '') AS ${type}) AS ${quoteName(name)}`),
    from: readCsv(list, { columns: `{${texts}}`, delimiter: separatorChar, quoted: true, table }),
  };
}

interface CsvOptions {
  readonly columns: string;
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly table: GlueTable;
}

function readCsv(list: string, { columns, delimiter, quoted, table }: CsvOptions): string {
  const options = [
    'auto_detect = false',
    'header = false',
    `columns = ${columns}`,
    `delim = ${quote(delimiter)}`,
    quoted ? `quote = '"', escape = '"'` : `quote = '', escape = ''`,
    `skip = ${Number(table.Parameters?.['skip.header.line.count'] ?? 0)}`,
    'null_padding = true',
    'strict_mode = false',
    'hive_partitioning = false',
  ];
  return `read_csv(${list}, ${options.join(', ')})`;
}

function columnsOf(table: GlueTable) {
  return (table.StorageDescriptor?.Columns ?? []).map(({ Name, Type = 'string' }) => ({
    name: Name.toLowerCase(),
    type: duckdbType(Type),
  }));
}

function serdeOf(table: GlueTable) {
  return (table.StorageDescriptor?.['SerdeInfo'] ?? {}) as {
    readonly SerializationLibrary?: string;
    readonly Parameters?: Readonly<Record<string, string>>;
  };
}
