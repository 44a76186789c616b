import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { open, rm } from 'node:fs/promises';
import type { Clock, GlueColumn } from '../runtime.ts';
import { duckDbType, identifier, literal, parseColumnType } from './column-type.ts';
import { toPlainLines, UnconvertibleRecord, type Column } from './open-x-json.ts';
import { arePlainObjects, longestLine, matchLines, plainLine } from './plain-lines.ts';
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

const writeBytes = 1 << 20;

export function createParquetConverter({ clock }: { readonly clock: Clock }): ParquetConverter {
  let opening: Promise<DuckDBInstance> | undefined;

  return {
    async convert(request) {
      const instance = await (opening ??= DuckDBInstance.create(':memory:', {
        // A buffer is one row group, which one thread encodes: a second one only takes time from what fills the next buffer.
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
  const line = plainLine(columns, settings);
  if (line !== undefined) {
    const copied = copy(spool.recordsPath).catch(() => undefined);
    const matches = await matchLines(spool.recordsPath, line).catch(() => false);
    if (!matches) connection.interrupt();
    const rows = await copied;
    if (matches && rows !== undefined) return { rows };
    await rm(outputPath, { force: true });
  }
  if (await arePlainObjects(connection, spool.recordsPath, columns, settings)) {
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
