import { randomUUID } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { bindParameters } from '../lib/queries/bind-parameters.ts';
import { callOf, isNode, kindOf, parseSql, parseStatement, rewrite, SqlSyntaxError } from '../lib/queries/sql-tree.ts';
import type { SqlNode } from '../lib/queries/sql-tree.ts';
import { asCall } from '../lib/queries/function-call.ts';
import { transpileTree } from '../lib/queries/transpile.ts';
import { athenaColumn, athenaTextOf } from './athena-values.ts';
import type { AthenaColumn } from './athena-values.ts';
import { checkFileAccess, checkTableAccess } from './query-engine/check-access.ts';
import type { Refusal } from './query-engine/check-access.ts';
import { createLakeDatabase } from './query-engine/database.ts';
import { duckdbType } from './query-engine/hive-type.ts';
import { informationSchemaSql } from './query-engine/information-schema.ts';
import { runMetadataStatement } from './query-engine/metadata-statement.ts';
import { conditionsBelow } from './query-engine/partition-conditions.ts';
import type { Condition } from './query-engine/partition-conditions.ts';
import { QueryError, queryErrorOf, ScanLimitExceeded } from './query-engine/query-error.ts';
import { relationSql } from './query-engine/relation.ts';
import type { TimeCondition } from './query-engine/relation.ts';
import { resolveTables } from './query-engine/resolve-tables.ts';
import type { TableReference } from './query-engine/resolve-tables.ts';
import { rowGroupConditions } from './query-engine/row-group-conditions.ts';
import { scannedBytes } from './query-engine/scanned-bytes.ts';
import type { TableScan } from './query-engine/scanned-bytes.ts';
import { listTableFiles } from './query-engine/table-files.ts';
import type { TableFile } from './query-engine/table-files.ts';
import { fileFormat } from './query-engine/text-files.ts';
import { nameUnnamedColumns } from './query-engine/unnamed-columns.ts';
import { readView } from './query-engine/view-text.ts';
import type { Catalog, Clock, GlueTable, ObjectStore } from './runtime.ts';

export interface QueryEngineOptions {
  readonly catalog: Catalog;
  readonly objects: ObjectStore;
  readonly dataDir: string;
  readonly clock: Clock;
}

export interface QueryRequest {
  readonly sql: string;
  /** Database that unqualified names mean. */
  readonly database: string;
  /** SQL expressions for the `?`, in their order. */
  readonly parameters?: readonly string[];
  /** Bytes beyond which the query does not run. */
  readonly scanLimitBytes?: number;
  /**
   * Whether to count the bytes it will read; default true. A small query takes twice as long for it, as it is planned
   * twice; without, the limit holds nothing and the answer says 0.
   */
  readonly countsBytes?: boolean;
  /** Whether whoever asks may do this: Athena reads tables and files in the caller's name. Default: all is allowed. */
  readonly refusal?: Refusal;
  /** Stops the query. */
  readonly signal?: AbortSignal;
}

export interface QueryResult {
  /** `DML` for queries, `UTILITY` for SHOW and DESCRIBE. */
  readonly statementType: 'DML' | 'UTILITY';
  readonly columns: readonly AthenaColumn[];
  /** Bytes of the columns that the query touches in the files it reads. */
  readonly scannedBytes: number;
  /** Rows in batches, as text; must be read to the end or returned, else the connection stays open. */
  readonly batches: AsyncIterable<readonly (readonly (string | undefined)[])[]>;
}

/** Athena's SQL over the lake's files, by DuckDB in this process. */
export interface QueryEngine {
  /** Throws QueryError with the reason Athena would give, or ScanLimitExceeded. */
  run(request: QueryRequest): Promise<QueryResult>;
  stop(): Promise<void>;
}

export function createQueryEngine(options: QueryEngineOptions): QueryEngine {
  const database = createLakeDatabase(options.objects, options.dataDir);
  return {
    async run(request) {
      const metadata = runMetadataStatement(request.sql, { ...options, database: request.database });
      if (metadata) return metadataResult(metadata);
      const statement = readStatement(request);
      const connection = await database.connect();
      try {
        return await runQuery(statement, request, connection, options);
      } catch (error) {
        connection.closeSync();
        throw error instanceof ScanLimitExceeded ? error : queryErrorOf(error);
      }
    },
    stop: () => database.stop(),
  };
}

function metadataResult({
  columns,
  rows,
}: {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}): QueryResult {
  async function* batches(): AsyncGenerator<readonly (readonly string[])[]> {
    if (rows.length > 0) yield rows;
  }
  return { statementType: 'UTILITY', columns: columns.map(textColumn), scannedBytes: 0, batches: batches() };
}

function textColumn(name: string): AthenaColumn {
  return { name, type: 'string', precision: 0, scale: 0 };
}

const queries = new Set(['select', 'union', 'intersect', 'except', 'values', 'subquery']);

/** Reads one query; whatever is not a query could change or read what it may not. */
function readStatement({ sql, parameters = [] }: QueryRequest): SqlNode {
  try {
    const statements = parseSql(bindParameters(sql.trim().replace(/;$/, ''), parameters));
    const [statement] = statements;
    if (!statement || statements.length > 1) throw new QueryError(`Only one sql statement is allowed. Got: ${sql}`);
    if (!queries.has(kindOf(statement)[0]))
      throw new QueryError('NOT_SUPPORTED: only SELECT, SHOW and DESCRIBE run here');
    return statement;
  } catch (error) {
    if (error instanceof SqlSyntaxError) throw new QueryError(`SYNTAX_ERROR: ${error.message}`, { cause: error });
    throw error;
  }
}

async function runQuery(
  statement: SqlNode,
  request: QueryRequest,
  connection: DuckDBConnection,
  options: QueryEngineOptions,
): Promise<QueryResult> {
  const tables = createTables(connection, options, request.refusal);
  const resolved = await tables.resolve(statement, request.database, []);
  const sql = tables.inlined(transpileTree(withClock(nameUnnamedColumns(resolved), options.clock), 'duckdb'));
  const bytes =
    request.countsBytes === false ? 0 : tables.textBytes() + (await scannedBytes(connection, sql, tables.scans()));
  if (bytes > (request.scanLimitBytes ?? Infinity)) throw new ScanLimitExceeded('Bytes scanned limit was exceeded');

  const interrupt = () => connection.interrupt();
  request.signal?.addEventListener('abort', interrupt, { once: true });
  if (request.signal?.aborted) throw new QueryError('USER_CANCELED: the query was stopped');
  const result = await connection.stream(sql);
  const types = result.columnTypes();
  const texts = types.map(athenaTextOf);

  async function* batches(): AsyncGenerator<(string | undefined)[][]> {
    try {
      for await (const rows of result.yieldRows()) {
        yield rows.map((row) => row.map((value, index) => texts[index]?.(value)));
      }
    } catch (error) {
      throw queryErrorOf(error);
    } finally {
      request.signal?.removeEventListener('abort', interrupt);
      connection.closeSync();
    }
  }
  return {
    statementType: 'DML',
    columns: result.columnNames().map((name, index) => athenaColumn(name, types[index]!)),
    scannedBytes: bytes,
    batches: batches(),
  };
}

interface Tables {
  /** Puts names in the place of the catalog's tables. */
  resolve(statement: SqlNode, database: string, path: readonly string[]): Promise<SqlNode>;
  /** Puts in the place of these names, in DuckDB's SQL, what they stand for. */
  inlined(sql: string): string;
  /** The Parquet tables that are read. */
  scans(): readonly TableScan[];
  /** Bytes of their text files, which a query reads whole. */
  textBytes(): number;
}

/** Some of a table's rows under the name that stands for them. */
interface Relation {
  readonly name: string;
  readonly files: readonly TableFile[];
}

/** Views within views that a query may go through; Athena's own limit is not documented. */
const MAX_VIEW_DEPTH = 16;

function createTables(
  connection: DuckDBConnection,
  options: QueryEngineOptions,
  refusal: Refusal = () => undefined,
): Tables {
  // No text of a statement has it, or could.
  const prefix = `lake_table_${randomUUID().replaceAll('-', '')}_`;
  const texts: string[] = [];
  const relations = new Map<string, Relation>();
  const read: TableScan[] = [];
  let readWhole = 0;

  async function resolve(statement: SqlNode, database: string, path: readonly string[]): Promise<SqlNode> {
    return resolveTables(statement, (reference) => define(reference, database, path, []));
  }

  async function define(
    reference: TableReference,
    database: string,
    path: readonly string[],
    inherited: readonly Condition[],
  ): Promise<string> {
    const schema = reference.database ?? database;
    const described =
      schema === 'information_schema' ? informationSchemaSql(reference.name, options.catalog) : undefined;
    if (described !== undefined) return standIn(described);
    const table = findTable(reference, database, options.catalog);
    checkTableAccess(refusal, table);
    const columns = [...(table.StorageDescriptor?.Columns ?? []), ...(table.PartitionKeys ?? [])].map(
      (column) => column.Name,
    );
    const conditions = [...reference.conditions(columns), ...inherited];
    if (table.TableType === 'VIRTUAL_VIEW') return standIn(await viewSql(table, path, conditions));
    return scanOf(
      table,
      conditions.map((condition) => withClock(condition, options.clock)),
    );
  }

  /** The text is put in at the end: a view or a macro of DuckDB's would be bound, each file opened, once more. */
  function standIn(sql: string): string {
    texts.push(sql);
    return `${prefix}${texts.length - 1}`;
  }

  function inlined(sql: string): string {
    return sql.replaceAll(
      new RegExp(`${prefix}(\\d+)`, 'g'),
      (_, index: string) => `(${inlined(texts[Number(index)]!)})`,
    );
  }

  async function viewSql(table: GlueTable, path: readonly string[], conditions: readonly Condition[]): Promise<string> {
    const id = `${table.DatabaseName}.${table.Name}`;
    if (path.includes(id) || path.length >= MAX_VIEW_DEPTH) throw new QueryError(`VIEW_IS_RECURSIVE: ${id}`);
    const view = readView(table);
    const statement = parseStatement(view.originalSql);
    const below = conditionsBelow(conditions, statement);
    const resolved = await resolveTables(statement, (reference) =>
      define(reference, view.schema, [...path, id], below),
    );
    return transpileTree(withClock(resolved, options.clock), 'duckdb');
  }

  /** Notes what the statement reads of the table there; the same rows are one relation, however often they are read. */
  async function scanOf(table: GlueTable, conditions: readonly Condition[]): Promise<string> {
    const keys = (table.PartitionKeys ?? []).map((key) => key.Name);
    const onKeys = conditions.filter((condition) => namesOnly(condition, keys));
    const onColumns = columnConditions(table, conditions);
    const onTimes = onColumns.flatMap(({ column, type, ofTime }) =>
      ofTime && type === 'TIMESTAMP' ? [{ column, ofTime }] : [],
    );
    // Wherever in the statement they stand.
    const times = onTimes.map(({ column, ofTime }) => ofTime(column));
    const id = JSON.stringify([table.DatabaseName, table.Name, onKeys, times], (key, value: unknown) =>
      key === 'span' ? undefined : value,
    );
    const relation = relations.get(id) ?? (await relationOf(table, onKeys, onTimes));
    relations.set(id, relation);
    const { name, files } = relation;
    if (files.length > 0 && fileFormat(table) === 'parquet') {
      read.push({ files, conditions: onColumns });
    } else readWhole += files.reduce((sum, { size }) => sum + size, 0);
    return name;
  }

  async function relationOf(
    table: GlueTable,
    onKeys: readonly Condition[],
    onTimes: readonly TimeCondition[],
  ): Promise<Relation> {
    const partitions = await listTableFiles(table, onKeys, connection, options);
    const files = partitions.flatMap((partition) => partition.files);
    checkFileAccess(refusal, files);
    return { name: standIn(relationSql(table, partitions, onTimes)), files };
  }

  return { resolve, inlined, scans: () => read, textBytes: () => readWhole };
}

/** What is asked of the columns that the table's files have. */
function columnConditions(table: GlueTable, conditions: readonly Condition[]): TableScan['conditions'] {
  const columns = table.StorageDescriptor?.Columns ?? [];
  return rowGroupConditions(conditions).flatMap((condition) => {
    const column = columns.find(({ Name }) => Name === condition.column);
    if (!column) return [];
    const type = duckdbType(column.Type ?? 'string');
    const { castTo = type } = condition;
    return castTo === type || (castTo === 'DATE' && type === 'TIMESTAMP') ? [{ ...condition, type }] : [];
  });
}

function findTable({ catalog, database, name }: TableReference, fallback: string, glue: Catalog): GlueTable {
  const schema = database ?? fallback;
  const isKnownCatalog = catalog === undefined || catalog === 'awsdatacatalog';
  const table = isKnownCatalog ? glue.table(schema, name) : undefined;
  if (table) return table;
  throw new QueryError(`TABLE_NOT_FOUND: Table '${catalog ?? 'awsdatacatalog'}.${schema}.${name}' does not exist`);
}

function namesOnly(condition: Condition, columns: readonly string[]): boolean {
  let only = true;
  rewrite(condition, (node) => {
    const [kind, body] = kindOf(node);
    if (kind !== 'column') return undefined;
    const column = isNode(node) && typeof body === 'object' && body !== null && 'name' in body ? body.name : undefined;
    const name = typeof column === 'object' && column !== null && 'name' in column ? String(column.name) : '';
    if (!columns.includes(name.toLowerCase())) only = false;
    return undefined;
  });
  return only;
}

/** The runtime's clock is the queries' clock: today is the day on which events arrive, also in a test at midnight. */
function withClock(tree: SqlNode, clock: Clock): SqlNode {
  const now = new Date(clock()).toISOString();
  return rewrite(tree, (node) => {
    switch (asCall(node)?.name) {
      case 'current_date':
        return { literal: { literal_type: 'date', value: now.slice(0, 10) } };
      case 'current_timestamp':
      case 'now':
        return callOf('athena_instant', [{ literal: { literal_type: 'string', value: now } }]);
      case 'localtimestamp':
        return { literal: { literal_type: 'timestamp', value: now.slice(0, 23).replace('T', ' ') } };
      default:
        return undefined;
    }
  });
}
