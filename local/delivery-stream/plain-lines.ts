import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from './column-type.ts';
import type { Column } from './open-x-json.ts';
import type { ConversionSettings } from './settings.ts';

/** No record is longer: Lambda answers with 6 MB at most. */
export const longestLine = 8 << 20;

const text = String.raw`"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[\da-fA-F]{4})[^"\\\x00-\x1f]*)*"`;
const wholeNumber = (digits: number): string => String.raw`-?(?:0|[1-9]\d{0,${digits - 1}})`;

/** JSON that DuckDB reads into a column exactly as the SerDe would. There is more of it: numbers are kept short. */
const plainJson: Readonly<Record<string, string>> = {
  string: text,
  boolean: 'true|false',
  tinyint: wholeNumber(2),
  smallint: wholeNumber(4),
  int: wholeNumber(9),
  bigint: wholeNumber(18),
  double: String.raw`${wholeNumber(15)}(?:\.\d{1,17})?`,
  timestamp: String.raw`"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,6})?"`,
};

/**
 * A line with some of the columns, in their order, and nothing else but spaces at its end: what our own transform writes.
 * Matches bytes, read as Latin-1. Undefined where a column has a type or a name that this cannot judge.
 */
export function plainLine(columns: readonly Column[], settings: ConversionSettings): RegExp | undefined {
  if (hasKeyRules(settings)) return undefined;
  const cells = columns.map((column) => {
    const json = isStringArray(column)
      ? String.raw`\[(?:(?:${text}|null)(?:,(?=["n])|(?=\])))*\]`
      : plainJson[column.type.kind];
    return json !== undefined && /^[a-z\d_]+$/.test(column.name)
      ? String.raw`(?:"${column.name}":(?:${json}|null)(?:,(?=")|(?=\})))?`
      : undefined;
  });
  return cells.includes(undefined) ? undefined : new RegExp(String.raw`\{${cells.join('')}\} *\n`, 'y');
}

/** Read at a time: so much text lies in V8's heap, where it is gone with the next small collection. */
const stepBytes = 1 << 18;

/** Whether a file consists of lines that match, and of nothing else. Takes about a microsecond for each. */
export async function matchLines(path: string, line: RegExp): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    let buffer = Buffer.allocUnsafe(2 * stepBytes);
    /** Bytes at the buffer's start that are of no whole line yet. */
    let rest = 0;
    for (;;) {
      if (buffer.length - rest < stepBytes) buffer = Buffer.concat([buffer], 2 * buffer.length);
      const { bytesRead } = await file.read(buffer, rest, stepBytes);
      if (bytesRead === 0) return rest === 0;
      const read = rest + bytesRead;
      const end = buffer.lastIndexOf(0x0a, read - 1) + 1;
      if (!isUtf8(buffer.subarray(0, end)) || !areLines(buffer.toString('latin1', 0, end), line)) return false;
      buffer.copyWithin(0, end, read);
      rest = read - end;
    }
  } finally {
    await file.close();
  }
}

function areLines(lines: string, line: RegExp): boolean {
  line.lastIndex = 0;
  let end = 0;
  while (line.test(lines)) end = line.lastIndex;
  return end === lines.length;
}

const hasKeyRules = ({ lowerCaseKeys, dotsToUnderscores, keyOfColumn }: ConversionSettings): boolean =>
  !lowerCaseKeys || dotsToUnderscores || Object.keys(keyOfColumn).length > 0;

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
 * are a no. Takes several times as long as `matchLines`, and takes keys in any order.
 */
export async function arePlainObjects(
  connection: DuckDBConnection,
  path: string,
  columns: readonly Column[],
  settings: ConversionSettings,
): Promise<boolean> {
  const isJudged = (column: Column) => Object.hasOwn(plainJsonTypes, column.type.kind) || isStringArray(column);
  if (hasKeyRules(settings) || !columns.every(isJudged)) return false;

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
