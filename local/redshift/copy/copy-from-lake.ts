import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../../query-engine/table-files.ts';
import type { ObjectStore } from '../../runtime.ts';
import { WarehouseError } from '../engine.ts';
import type { WarehouseRows, WarehouseSession } from '../engine.ts';
import type { LakeReader } from '../lake-reader.ts';
import { quotedName, readName } from '../sql-text.ts';
import type { StatementContext } from '../statement-runner.ts';
import { copyExpression } from './copy-column.ts';
import type { TargetColumn } from './copy-column.ts';
import { listCopyFiles } from './copy-files.ts';
import type { CopyFile, CopyFilesOptions } from './copy-files.ts';
import { LoadError, s3Address } from './load-error.ts';
import { parseCopy } from './parse-copy.ts';
import type { CopyStatement } from './parse-copy.ts';

export interface CopyOptions extends CopyFilesOptions {
  readonly objects: ObjectStore;
  readonly reader: LakeReader;
  /** Folder for rows on their way. */
  readonly folder: string;
  /** ARNs of the roles of the warehouse, the default one first. */
  readonly roles: () => readonly string[];
}

/** COPY of Parquet files: by position, all or nothing. */
export interface CopyFromLake {
  /** Undefined for another statement. Throws WarehouseError, naming the file that is at fault. */
  perform(text: string, context: StatementContext): Promise<WarehouseRows | undefined>;
  /** Notes a file that failed in `sys_load_error_detail`, once its transaction is over. */
  noteFailure(error: unknown, context: StatementContext): Promise<void>;
}

export function createCopyFromLake(options: CopyOptions): CopyFromLake {
  const { reader, objects, folder, roles } = options;
  mkdirSync(folder, { recursive: true });

  async function copyFile(
    connection: DuckDBConnection,
    session: WarehouseSession,
    file: CopyFile,
    columns: readonly TargetColumn[],
    copy: CopyStatement,
  ): Promise<number> {
    const path = resolve(join(objects.bucketPath(file.bucket), file.key));
    const rows = join(folder, `${randomUUID()}.csv`);
    try {
      const count = await exportFile(connection, { file, path, rows, columns, copy });
      const names = columns.slice(0, count).map(({ name }) => quotedName(name));
      return await session.copyCsv(copy.table, names, rows);
    } catch (error) {
      if (error instanceof LoadError || !(error instanceof WarehouseError) || error.code === '57014') throw error;
      throw new LoadError(file, `cannot be loaded: ${error.message}`, { errorCode: 8001 });
    } finally {
      await rm(rows, { force: true });
    }
  }

  return {
    async perform(text, { session }) {
      const parsed = parseCopy(text);
      if (!parsed) return undefined;
      const copy = { ...parsed, role: roleOf(parsed.role, roles()) };
      const files = await listCopyFiles(copy, options);
      const columns = await targetColumns(session, copy);
      let affectedRows = 0;
      await reader.read(async (connection) => {
        for (const file of files) affectedRows += await copyFile(connection, session, file, columns, copy);
      });
      return { columns: [], rows: [], affectedRows };
    },
    async noteFailure(error, { session, queryId, user }) {
      if (!(error instanceof LoadError)) return;
      await session.query(
        `INSERT INTO redshift.load_errors (user_name, query_id, file_name, column_name, column_type, column_length, error_code, error_message)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          user ?? null,
          String(queryId),
          s3Address(error.file),
          error.column?.name ?? '',
          error.column?.type ?? '',
          error.column?.length ?? '',
          String(error.errorCode),
          error.reason,
        ],
      );
    },
  };
}

function roleOf(asked: string, roles: readonly string[]): string {
  const role = asked.toLowerCase() === 'default' ? roles[0] : asked;
  if (role !== undefined && roles.includes(role)) return role;
  throw new WarehouseError(`The IAM role ${asked} is not valid: it is not associated with the namespace`);
}

/** The columns that are filled, in their order. */
async function targetColumns(session: WarehouseSession, { table, columns }: CopyStatement): Promise<TargetColumn[]> {
  const { rows } = await session.query(
    `SELECT a.attname, b.typname,
       CASE WHEN b.typname IN ('varchar', 'bpchar') AND a.atttypmod > 0 THEN a.atttypmod - 4 ELSE -1 END
     FROM pg_attribute a
     JOIN pg_type t ON t.oid = a.atttypid
     JOIN pg_type b ON b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
     WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
     ORDER BY a.attnum`,
    [table],
  );
  const all = rows.map(([name, type, length]) => ({
    name: name ?? '',
    type: type ?? '',
    length: Number(length),
  }));
  if (columns.length === 0) return all;
  return columns.map((text) => {
    const found = all.find(({ name }) => name === readName(text));
    if (found) return found;
    throw new WarehouseError(`column "${readName(text)}" of relation "${table}" does not exist`, { code: '42703' });
  });
}

interface Export {
  readonly file: CopyFile;
  readonly path: string;
  /** CSV file to write. */
  readonly rows: string;
  readonly columns: readonly TargetColumn[];
  readonly copy: CopyStatement;
}

async function fileColumns(connection: DuckDBConnection, path: string) {
  const described = await connection.runAndReadAll(
    `DESCRIBE SELECT * FROM read_parquet(${quote(path)}, hive_partitioning = false)`,
  );
  return described.getRowsJson().map(([name, type]) => ({ name: String(name), type: String(type) }));
}

/** Writes a file's rows as CSV; gives back how many columns it has. */
async function exportFile(connection: DuckDBConnection, what: Export): Promise<number> {
  const { file, path, rows, columns, copy } = what;
  const source = await readable(file, path, () => fileColumns(connection, path));
  const count = source.length;
  if (count > columns.length || (count < columns.length && !copy.fillsRecords)) {
    throw new LoadError(
      file,
      `has an incompatible Parquet schema: it has ${count} columns, the table ${columns.length}`,
      { errorCode: 15_007 },
    );
  }
  const expressions = source.map((one, index) => {
    const target = columns[index]!;
    const expression = copyExpression(one, target, copy.serializesToJson);
    if (expression !== undefined) return expression;
    const type = target.type === 'jsonb' ? 'SUPER' : target.type.toUpperCase();
    throw new LoadError(
      file,
      `has an incompatible Parquet schema for column '${s3Address(file)}.${target.name}'. Column type: ${type}, Parquet schema: ${one.type} ${one.name}`,
      { column: { name: target.name, type: target.type, length: '' }, errorCode: 15_007 },
    );
  });
  const from = `read_parquet(${quote(path)}, hive_partitioning = false)`;
  const select = expressions.map((expression, index) => `${expression} AS c${index}`).join(', ');
  await readable(file, path, async () => {
    await refuseLongTexts(connection, what, source, from);
    await connection.run(
      `COPY (SELECT ${select} FROM ${from}) TO ${quote(rows)} (FORMAT csv, HEADER false, NULLSTR '', QUOTE '"', ESCAPE '"')`,
    );
  });
  return count;
}

/** Redshift counts bytes, PostgreSQL characters. */
async function refuseLongTexts(
  connection: DuckDBConnection,
  { file, columns }: Export,
  source: readonly { readonly name: string; readonly type: string }[],
  from: string,
): Promise<void> {
  const limited = source.flatMap((one, index) => {
    const target = columns[index]!;
    return target.length > 0 && one.type === 'VARCHAR' ? [{ source: one.name, target }] : [];
  });
  if (limited.length === 0) return;
  const longest = limited.map(({ source: name }) => `coalesce(max(strlen(${quotedName(name)})), 0)`).join(', ');
  const [row = []] = (await connection.runAndReadAll(`SELECT ${longest} FROM ${from}`)).getRows();
  for (const [index, { target }] of limited.entries()) {
    if (Number(row[index]) <= target.length) continue;
    const { name, type, length } = target;
    throw new LoadError(
      file,
      `: The length of the data column ${name} is longer than the length defined in the table. Table: ${length}, Data: ${Number(row[index])}`,
      { column: { name, type, length: String(length) }, errorCode: 15_001 },
    );
  }
}

/** DuckDB's own words name the file by its place on this disk. */
async function readable<T>(file: CopyFile, path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof LoadError) throw error;
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new LoadError(file, `is not a readable Parquet file: ${first.replaceAll(path, s3Address(file))}`);
  }
}
