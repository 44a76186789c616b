import { createHash } from 'node:crypto';
import { duckdbType } from '../../query-engine/hive-type.ts';
import type { GlueColumn, GlueTable } from '../../runtime.ts';
import { quotedName } from '../sql-text.ts';

/** Schema of the tables that hold the rows, one for each day where a table is partitioned. */
export const PARTS_SCHEMA = 'redshift_files';

/** A column of an external table in PostgreSQL. */
export interface MirrorColumn {
  readonly name: string;
  readonly type: string;
  /** SQL of DuckDB that writes the column, which has the catalog's type, as PostgreSQL reads it. */
  readonly expression: string;
}

/** A table of the catalog as the warehouse shows it. */
export interface MirrorTable {
  readonly schema: string;
  readonly name: string;
  readonly table: GlueTable;
  readonly columns: readonly MirrorColumn[];
  /** Place of the key by which PostgreSQL leaves out what a statement does not need; -1 without keys. */
  readonly partKey: number;
}

const types: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'smallint',
  SMALLINT: 'smallint',
  INTEGER: 'integer',
  BIGINT: 'bigint',
  FLOAT: 'real',
  DOUBLE: 'double precision',
  VARCHAR: 'varchar',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
};

export function mirrorTable(schema: string, table: GlueTable): MirrorTable {
  const keys = table.PartitionKeys ?? [];
  const columns = [...(table.StorageDescriptor?.Columns ?? []), ...keys].map(mirrorColumn);
  const date = keys.findLastIndex(({ Type = '' }) => /^date$/i.test(Type));
  return { schema, name: table.Name, table, columns, partKey: date >= 0 ? date : keys.length - 1 };
}

function mirrorColumn({ Name, Type = 'string' }: GlueColumn): MirrorColumn {
  const duckdb = duckdbType(Type);
  const name = Name.toLowerCase();
  const known = types[duckdb] ?? (duckdb.startsWith('DECIMAL') ? duckdb.replace('DECIMAL', 'numeric') : undefined);
  if (known !== undefined) return { name, type: known, expression: quotedName(Name) };
  // Redshift shows what is nested as SUPER.
  return { name, type: 'redshift.super', expression: `CAST(to_json(${quotedName(Name)}) AS VARCHAR)` };
}

/** `CREATE TABLE` of the table itself, without rows. */
export function createTable({ schema, name, columns, table, partKey }: MirrorTable): string {
  const list = columns.map((column) => `${quotedName(column.name)} ${column.type}`).join(', ');
  const key = table.PartitionKeys?.[partKey]?.Name;
  const partitioned = key === undefined ? '' : ` PARTITION BY LIST (${quotedName(key.toLowerCase())})`;
  const what = key === undefined ? 'UNLOGGED TABLE' : 'TABLE';
  const id = `${quotedName(schema)}.${quotedName(name)}`;
  // Redshift knows no rights on external tables: whoever may use the schema may read them.
  return `CREATE ${what} ${id} (${list})${partitioned}; GRANT SELECT ON ${id} TO PUBLIC`;
}

/** The table that holds a part's rows. */
export function partName({ schema, name, partKey }: MirrorTable, value: string): string {
  if (partKey < 0) return `${quotedName(schema)}.${quotedName(name)}`;
  const text = `${schema}.${name}.${value}`;
  // PostgreSQL cuts names off after 63 bytes.
  const short =
    Buffer.byteLength(text) <= 63
      ? text
      : `${schema}.${name}`.slice(0, 20) + createHash('sha256').update(text).digest('hex').slice(0, 40);
  return `${quotedName(PARTS_SCHEMA)}.${quotedName(short)}`;
}
