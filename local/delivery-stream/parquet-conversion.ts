import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { open, rm } from 'node:fs/promises';
import type { Clock, GlueColumn } from '../runtime.ts';
import { duckDbType, identifier, literal, parseColumnType } from './column-type.ts';
import { toPlainLines, UnconvertibleRecord, type Column } from './open-x-json.ts';
import type { UnconvertedRecord } from './error-lines.ts';
import type { ConversionSettings } from './settings.ts';
import { readSpoolIndex, type Spool } from './spool.ts';

/** JSON lines in, one Parquet file out, by the columns of a Glue table. */
export interface ParquetConverter {
  convert(request: ConversionRequest): Promise<Conversion>;
  close(): void;
}

export interface ConversionRequest {
  readonly spool: Pick<Spool, 'recordsPath' | 'indexPath'>;
  readonly columns: readonly GlueColumn[];
  readonly settings: ConversionSettings;
  /** The Parquet file to write. */
  readonly outputPath: string;
  /** Takes a record that fails as a whole, since one of its lines does not fit the table. */
  readonly reject: (record: UnconvertedRecord) => Promise<void>;
}

export interface Conversion {
  /** 0: no file was written. */
  readonly rows: number;
}

/** No record is longer: Lambda answers with 6 MB at most. */
const longestLine = 8 << 20;
const writeBytes = 1 << 20;

export function createParquetConverter({ clock }: { readonly clock: Clock }): ParquetConverter {
  let opening: Promise<DuckDBInstance> | undefined;

  return {
    async convert(request) {
      // One thread, so that converting leaves the other cores to the intake.
      const instance = await (opening ??= DuckDBInstance.create(':memory:', {
        threads: '1',
        memory_limit: '1GB',
        // Nothing here sorts or joins, so nothing has to be spilled into the working folder.
        temp_directory: '',
      }));
      const connection = await instance.connect();
      try {
        await connection.run(`SET TimeZone = 'UTC'`);
        return await convert(connection, request, clock);
      } finally {
        connection.closeSync();
      }
    },
    close() {
      void opening?.then((instance) => instance.closeSync());
      opening = undefined;
    },
  };
}

async function convert(
  connection: DuckDBConnection,
  { spool, columns: glueColumns, settings, outputPath, reject }: ConversionRequest,
  clock: Clock,
): Promise<Conversion> {
  const columns = glueColumns.map(({ Name, Type = 'string' }) => ({
    name: Name.toLowerCase(),
    type: parseColumnType(Type),
  }));
  const copy = (path: string) => copyToParquet(connection, path, columns, settings, outputPath);

  await rm(outputPath, { force: true });
  if (await isPlain(connection, spool.recordsPath, columns, settings)) {
    const rows = await copy(spool.recordsPath).catch(() => undefined);
    if (rows !== undefined) return { rows };
    await rm(outputPath, { force: true });
  }
  const plainPath = `${spool.recordsPath}.plain`;
  try {
    const lines = await writePlainLines(spool, columns, settings, plainPath, reject, clock);
    return { rows: lines === 0 ? 0 : await copy(plainPath) };
  } catch (error) {
    // DuckDB's messages may quote the records.
    throw new Error('the Parquet file cannot be written', { cause: error });
  } finally {
    await rm(plainPath, { force: true });
  }
}

async function copyToParquet(
  connection: DuckDBConnection,
  path: string,
  columns: readonly Column[],
  { compression }: ConversionSettings,
  outputPath: string,
): Promise<number> {
  const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(duckDbType(type))}`).join(', ');
  const reader = await connection.runAndReadAll(
    `COPY (
       SELECT ${columns.map(({ name }) => identifier(name)).join(', ')}
       FROM read_json(${literal(path)}, format = 'newline_delimited', maximum_object_size = ${longestLine}, columns = {${types}})
     ) TO ${literal(outputPath)} (FORMAT parquet, COMPRESSION ${compression.toLowerCase()})`,
  );
  return Number(reader.getRows()[0]?.[0] ?? 0);
}

/** JSON types of values that DuckDB reads into a column exactly as the SerDe would. */
const plainJsonTypes: Readonly<Record<string, readonly string[]>> = {
  string: ['VARCHAR'],
  boolean: ['BOOLEAN'],
  tinyint: ['UBIGINT', 'BIGINT'],
  smallint: ['UBIGINT', 'BIGINT'],
  int: ['UBIGINT', 'BIGINT'],
  bigint: ['UBIGINT', 'BIGINT'],
  double: ['DOUBLE', 'UBIGINT', 'BIGINT'],
  timestamp: ['VARCHAR'],
};

/**
 * Whether every line is an object whose keys are in lower case and unique and whose values have their column's own type:
 * then DuckDB's reading equals the SerDe's and nothing has to be judged line by line. Lines that cannot be read at all
 * are a no.
 */
async function isPlain(
  connection: DuckDBConnection,
  path: string,
  columns: readonly Column[],
  settings: ConversionSettings,
): Promise<boolean> {
  const hasKeyRules =
    !settings.lowerCaseKeys || settings.dotsToUnderscores || Object.keys(settings.keyOfColumn).length > 0;
  const isJudged = (column: Column) => Object.hasOwn(plainJsonTypes, column.type.kind) || isStringArray(column);
  if (hasKeyRules || !columns.every(isJudged)) return false;

  const types = jsonList('json_type', columns);
  const timestamps = columns.filter(({ type }) => type.kind === 'timestamp');
  const doubles = columns.filter(({ type }) => type.kind === 'double');
  const lists = columns.filter(isStringArray);
  const broken = [
    `json IS NULL OR json_type(json) <> 'OBJECT'`,
    `len(list_distinct(keys)) <> len(keys)`,
    `len(list_filter(keys, lambda key: key <> lower(key))) > 0`,
    ...columns.map(({ type }, i) => {
      const allowed = [...(plainJsonTypes[type.kind] ?? ['ARRAY']), 'NULL'].map(literal).join(', ');
      return `coalesce(types[${i + 1}] NOT IN (${allowed}), false)`;
    }),
    ...timestamps.map(
      (_, i) => `coalesce(NOT regexp_full_match(timestamps[${i + 1}], ${literal(sqlTimestamp)}), false)`,
    ),
    ...doubles.map(
      (_, i) =>
        `coalesce(NOT isfinite(coalesce(try_cast(doubles[${i + 1}] AS double), 'inf'::double)), false) AND doubles[${i + 1}] IS NOT NULL`,
    ),
    ...lists.map(
      ({ name }) =>
        `len(list_filter(json_type(json, ${literal(`${jsonPath(name)}[*]`)}), lambda type: type NOT IN ('VARCHAR', 'NULL'))) > 0`,
    ),
  ];
  try {
    const reader = await connection.runAndReadAll(
      `SELECT count(*) FROM (
         SELECT json, json_keys(json) AS keys, ${types} AS types,
           ${jsonList('json_extract_string', timestamps)} AS timestamps,
           ${jsonList('json_extract_string', doubles)} AS doubles
         FROM read_json(${literal(path)}, format = 'newline_delimited', records = 'false',
           maximum_object_size = ${longestLine}, columns = {'json': 'JSON'})
       ) WHERE ${broken.map((condition) => `(${condition})`).join(' OR ')}`,
    );
    return Number(reader.getRows()[0]?.[0]) === 0;
  } catch {
    return false;
  }
}

const sqlTimestamp = String.raw`\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?`;

function isStringArray({ type }: Column): boolean {
  return type.kind === 'array' && type.element.kind === 'string';
}

function jsonPath(name: string): string {
  return `$."${name.replaceAll('"', '\\"')}"`;
}

function jsonList(call: string, columns: readonly Column[]): string {
  return columns.length === 0
    ? '[]'
    : `${call}(json, [${columns.map(({ name }) => literal(jsonPath(name))).join(', ')}])`;
}

/** Judges record by record, in constant memory; gives back how many lines were written. */
async function writePlainLines(
  spool: Pick<Spool, 'recordsPath' | 'indexPath'>,
  columns: readonly Column[],
  settings: ConversionSettings,
  path: string,
  reject: ConversionRequest['reject'],
  clock: Clock,
): Promise<number> {
  const input = await open(spool.recordsPath, 'r');
  const output = await open(path, 'w');
  try {
    let count = 0;
    let pending = '';
    for await (const { offset, length, arrival } of readSpoolIndex(spool.indexPath)) {
      const data = Buffer.alloc(length);
      await input.read(data, 0, length, offset);
      try {
        for (const line of toPlainLines(data.toString(), columns, settings)) {
          pending += `${line}\n`;
          count++;
        }
      } catch (error) {
        if (!(error instanceof UnconvertibleRecord)) throw error;
        const { code: errorCode, message: errorMessage } = error;
        await reject({ arrival, data, errorCode, errorMessage, attemptEndingTimestamp: clock() });
      }
      if (pending.length >= writeBytes) {
        await output.writeFile(pending);
        pending = '';
      }
    }
    await output.writeFile(pending);
    return count;
  } finally {
    await input.close();
    await output.close();
  }
}
