import { WarehouseError } from '../../redshift/engine.ts';
import type { WarehouseRows } from '../../redshift/engine.ts';
import { AwsError } from '../../runtime.ts';
import type { LocalWarehouses } from '../../warehouses.ts';
import { pageOf } from '../pages.ts';
import type { AwsRequest, JsonAction } from '../protocol.ts';
import { invalid, targetOf } from './statement-target.ts';
import type { Input, RedshiftDataContext, StatementTarget } from './statement-target.ts';

/** Most entries of one list. */
const PAGE = 1000;

/** Schemas that are the stand-in's own. */
const HIDDEN = `('redshift', 'redshift_files', 'pg_toast')`;

const TYPES = `CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'VIEW'
  ELSE CASE WHEN n.nspname IN (SELECT schema_name FROM redshift.external_schemas) THEN 'EXTERNAL TABLE'
    WHEN n.nspname LIKE 'pg\\_%' OR n.nspname = 'information_schema' THEN 'SYSTEM TABLE' ELSE 'TABLE' END END`;

/** The Data API's actions that show schemas, tables and columns. */
export function catalogActions(
  warehouses: LocalWarehouses,
  context: RedshiftDataContext,
): Readonly<Record<string, JsonAction>> {
  const target = (input: Input, request: AwsRequest, action: string): StatementTarget =>
    targetOf(input, request, `redshift-data:${action}`, warehouses, context);

  return {
    ListDatabases: async (input, request) => {
      const { database } = target(input, request, 'ListDatabases');
      return { Databases: [database] };
    },
    ListSchemas: async (input, request) => {
      const where = target(input, request, 'ListSchemas');
      const { rows } = await ask(
        where,
        `SELECT nspname FROM pg_namespace WHERE nspname NOT IN ${HIDDEN} AND nspname NOT LIKE 'pg\\_temp%'
           AND nspname NOT LIKE 'pg\\_toast%' AND nspname LIKE $1 ORDER BY nspname`,
        [pattern(input.SchemaPattern)],
      );
      const { items, nextToken } = page(
        rows.map(([name]) => name),
        input,
      );
      return { Schemas: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
    ListTables: async (input, request) => {
      const where = target(input, request, 'ListTables');
      const { rows } = await ask(
        where,
        `SELECT n.nspname, c.relname, ${TYPES} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ${HIDDEN} AND n.nspname NOT LIKE 'pg\\_temp%'
           AND n.nspname LIKE $1 AND c.relname LIKE $2 ORDER BY 1, 2`,
        [pattern(input.SchemaPattern), pattern(input.TablePattern)],
      );
      const { items, nextToken } = page(
        rows.map(([schema, name, type]) => ({ schema, name, type })),
        input,
      );
      return { Tables: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
    DescribeTable: async (input, request) => {
      const where = target(input, request, 'DescribeTable');
      const table = typeof input.Table === 'string' ? input.Table : undefined;
      if (table === undefined) throw invalid('Table is missing');
      const { rows } = await ask(
        where,
        `SELECT n.nspname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relname = $1 AND n.nspname LIKE $2 AND n.nspname NOT IN ${HIDDEN} AND a.attnum > 0 AND NOT a.attisdropped
         ORDER BY n.nspname, a.attnum`,
        [table, typeof input.Schema === 'string' ? input.Schema : '%'],
      );
      const columns = rows.map(([schemaName, name, type, isNotNull]) => ({
        name,
        typeName: typeName(type ?? ''),
        nullable: isNotNull === 't' ? 0 : 1,
        schemaName,
        tableName: table,
        length: Number(/\((\d+)/.exec(type ?? '')?.[1] ?? 0),
        isCaseSensitive: false,
        isCurrency: false,
        isSigned: false,
        precision: 0,
        scale: 0,
      }));
      const { items, nextToken } = page(columns, input);
      return { TableName: table, ColumnList: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },
  };
}

async function ask(
  { workgroup, user }: StatementTarget,
  sql: string,
  parameters: readonly string[],
): Promise<WarehouseRows> {
  let found: WarehouseRows | undefined;
  let failure: unknown;
  await workgroup.runner.run([{ sql, parameters }], {
    // External tables are shown by the catalog of this stand-in, which users cannot read.
    user: sql.includes('redshift.') ? undefined : user,
    isTransaction: true,
    queryIds: [0],
    isCancelled: () => false,
    begin: () => undefined,
    answer: async (_, rows) => {
      found = rows;
    },
    fail: (_, error) => (failure = error),
  });
  if (failure instanceof WarehouseError) throw new AwsError('DatabaseConnectionException', failure.message, 500);
  if (failure !== undefined) throw failure;
  return found ?? { columns: [], rows: [], affectedRows: 0 };
}

function page<T>(items: readonly T[], input: Input) {
  const size = Math.min(PAGE, Number(input.MaxResults ?? PAGE));
  return pageOf(items, { token: input.NextToken, size, error: 'ValidationException' });
}

function pattern(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : '%';
}

const shortNames: Readonly<Record<string, string>> = {
  bigint: 'int8',
  integer: 'int4',
  smallint: 'int2',
  'double precision': 'float8',
  real: 'float4',
  boolean: 'bool',
  'character varying': 'varchar',
  character: 'bpchar',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'redshift.super': 'super',
  jsonb: 'super',
};

function typeName(type: string): string {
  const plain = type.replace(/\(.*?\)/, '');
  return shortNames[plain] ?? plain;
}
