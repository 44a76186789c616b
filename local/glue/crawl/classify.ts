import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { GlueColumn } from '../../runtime.ts';
import { inferCsv } from './infer-csv.ts';
import { glueType } from './glue-type.ts';

/** What files hold, as a crawler finds out. Columns are in lower case, as the catalog keeps them. */
export type Classification =
  | { readonly format: 'parquet'; readonly columns: readonly GlueColumn[]; readonly isCompressed: boolean }
  | {
      readonly format: 'json';
      readonly columns: readonly GlueColumn[];
      readonly isCompressed: boolean;
      /** The members' names as the files have them. */
      readonly paths: readonly string[];
    }
  | {
      readonly format: 'csv';
      readonly columns: readonly GlueColumn[];
      readonly isCompressed: boolean;
      readonly delimiter: string;
      readonly hasHeader: boolean;
    };

/** Files whose beginning is looked at to see what they are. */
const LOOKED_AT = 5;

/** Lines of a CSV file that are looked at. */
const SAMPLE_LINES = 1000;

/** Finds out what files hold that should be of one kind; a text says why it could not. */
export async function classify(
  files: readonly string[],
  connection: DuckDBConnection,
): Promise<Classification | string> {
  const [first] = files;
  if (first === undefined) return 'there are no files';
  const kinds = new Set<string>();
  for (const file of files.slice(0, LOOKED_AT)) kinds.add(await formatOf(file));
  const [format, other] = kinds;
  if (other !== undefined) return `the files are of different formats: ${[...kinds].join(', ')}`;
  const isCompressed = await isGzip(first);
  try {
    switch (format) {
      case 'parquet': {
        const list = files.map(quote).join(', ');
        const described = await describe(
          connection,
          `read_parquet([${list}], union_by_name = true, hive_partitioning = false)`,
          'files',
        );
        return {
          format,
          columns: described.map(({ name, type }) => ({ Name: name.toLowerCase(), Type: type })),
          isCompressed,
        };
      }
      case 'json':
        return { ...(await classifyJson(files, connection)), isCompressed };
      case 'csv': {
        const csv = inferCsv(await firstLines(first, SAMPLE_LINES));
        return typeof csv === 'string' ? csv : { ...csv, format, isCompressed };
      }
      default:
        return 'they are neither Parquet, nor JSON lines, nor CSV';
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function classifyJson(files: readonly string[], connection: DuckDBConnection) {
  const list = files.map(quote).join(', ');
  const source = `read_json([${list}], format = 'newline_delimited', union_by_name = true, map_inference_threshold = -1, hive_partitioning = false)`;
  const described = await describe(connection, source, 'texts');
  const byName = new Map(described.map((column) => [column.name.toLowerCase(), column]));
  return {
    format: 'json' as const,
    columns: [...byName].map(([Name, { type }]) => ({ Name, Type: type })),
    paths: [...byName.values()].map(({ name }) => name),
  };
}

async function describe(connection: DuckDBConnection, source: string, times: 'files' | 'texts') {
  const result = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`);
  return result.getRows().map(([name, type]) => ({ name: String(name), type: glueType(String(type), times) }));
}

async function formatOf(file: string): Promise<string> {
  const head = await readHead(file);
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
  const [line = ''] = await firstLines(file, 1);
  const text = line.replace(/^\u{feff}/u, '').trim();
  if (text.startsWith('{')) return 'json';
  // A binary file holds what no text does.
  return text === '' || text.includes('\0') || text.includes('\ufffd') ? 'unknown' : 'csv';
}

async function isGzip(file: string): Promise<boolean> {
  const head = await readHead(file);
  return head[0] === 0x1f && head[1] === 0x8b;
}

async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Lines that are not empty. */
async function firstLines(file: string, most: number): Promise<readonly string[]> {
  const bytes = createReadStream(file);
  const input = (await isGzip(file)) ? bytes.pipe(createGunzip()) : bytes;
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (line.trim() !== '') lines.push(line);
      if (lines.length >= most) break;
    }
  } finally {
    input.destroy();
    bytes.destroy();
  }
  return lines;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
