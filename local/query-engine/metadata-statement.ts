import type { Catalog, Clock, GlueColumn, GlueTable } from '../runtime.ts';
import { isProjected } from './partition-projection.ts';
import { QueryError } from './query-error.ts';

/** Rows of SHOW and DESCRIBE, which Athena answers from the catalog alone. */
export interface MetadataRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface MetadataContext {
  readonly catalog: Catalog;
  readonly database: string;
  readonly clock: Clock;
}

const name = String.raw`["\`]?(?:(?<database>[\w-]+)["\`]?\.["\`]?)?(?<table>[\w-]+)["\`]?`;
const one = String.raw`["\`]?(?<database>[\w-]+)["\`]?`;

type Groups = Readonly<Record<string, string | undefined>>;

const statements: readonly (readonly [RegExp, (groups: Groups, context: MetadataContext) => MetadataRows])[] = [
  [/^show\s+(databases|schemas)$/i, (_, { catalog }) => list('database_name', catalog.databases())],
  [
    new RegExp(String.raw`^show\s+tables(?:\s+(?:in|from)\s+${one})?(?:\s+'(?<pattern>[^']*)')?$`, 'i'),
    ({ database, pattern }, context) => {
      const tables = context.catalog.tables(database ?? context.database).map((table) => table.Name);
      return list(
        'tab_name',
        tables.filter((table) => matches(table, pattern)),
      );
    },
  ],
  [
    new RegExp(String.raw`^show\s+views(?:\s+(?:in|from)\s+${one})?$`, 'i'),
    ({ database }, context) => {
      const tables = context.catalog.tables(database ?? context.database);
      return list(
        'views',
        tables.filter((table) => table.TableType === 'VIRTUAL_VIEW').map((table) => table.Name),
      );
    },
  ],
  [
    new RegExp(String.raw`^show\s+columns\s+(?:in|from)\s+${name}$`, 'i'),
    (groups, context) =>
      list(
        'field',
        columnsOf(tableOf(groups, context)).map((column) => column.Name),
      ),
  ],
  [
    new RegExp(String.raw`^show\s+partitions\s+${name}$`, 'i'),
    (groups, context) => list('partition', partitionNames(tableOf(groups, context), context.catalog)),
  ],
  [
    new RegExp(String.raw`^(?:describe|desc)\s+(?:(?:extended|formatted)\s+)?${name}$`, 'i'),
    (groups, context) => describe(tableOf(groups, context)),
  ],
];

/** Answers SHOW and DESCRIBE; undefined for any other statement. Throws QueryError where a table does not exist. */
export function runMetadataStatement(sql: string, context: MetadataContext): MetadataRows | undefined {
  const text = sql.trim().replace(/;$/, '').trim().replaceAll(/\s+/g, ' ');
  for (const [pattern, answer] of statements) {
    const match = pattern.exec(text);
    if (match) return answer(match.groups ?? {}, context);
  }
  return undefined;
}

function list(column: string, values: readonly string[]): MetadataRows {
  return { columns: [column], rows: values.map((value) => [value]) };
}

/** Hive's pattern: `*` for anything, `|` for or. */
function matches(text: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  return pattern.split('|').some((part) => {
    const expression = part
      .split('*')
      .map((piece) => piece.replaceAll(/[.+?^${}()[\]\\]/g, String.raw`\$&`))
      .join('.*');
    return new RegExp(`^${expression}$`, 'i').test(text);
  });
}

function tableOf(groups: Groups, { catalog, database }: MetadataContext): GlueTable {
  const table = catalog.table(groups.database ?? database, groups.table ?? '');
  if (!table)
    throw new QueryError(
      `FAILED: SemanticException [Error 10001]: Table not found ${groups.database ?? database}.${groups.table}`,
    );
  return table;
}

function columnsOf(table: GlueTable): readonly GlueColumn[] {
  return [...(table.StorageDescriptor?.Columns ?? []), ...(table.PartitionKeys ?? [])];
}

function partitionNames(table: GlueTable, catalog: Catalog): string[] {
  const keys = (table.PartitionKeys ?? []).map((key) => key.Name);
  if (keys.length === 0)
    throw new QueryError(`FAILED: SemanticException Table ${table.Name} is not a partitioned table`);
  // Projected partitions are in no catalog, so that Athena lists none either.
  if (isProjected(table)) return [];
  return catalog
    .partitions(table.DatabaseName, table.Name)
    .map(({ Values }) => keys.map((key, index) => `${key}=${Values[index] ?? ''}`).join('/'));
}

function describe(table: GlueTable): MetadataRows {
  const keys = table.PartitionKeys ?? [];
  const header = [
    ['\t \t '],
    ['# Partition Information\t \t '],
    ['# col_name            \tdata_type           \tcomment             '],
    ['\t \t '],
  ];
  const rows = columnsOf(table).map(columnLine);
  return { columns: ['result'], rows: keys.length > 0 ? [...rows, ...header, ...keys.map(columnLine)] : rows };
}

function columnLine({ Name, Type = '', Comment = '' }: GlueColumn): string[] {
  return [[Name, Type, Comment].map((text) => text.padEnd(20)).join('\t')];
}
