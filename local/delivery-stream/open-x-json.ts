import { isLosslessNumber, parse, stringify, type LosslessNumber } from 'lossless-json';
import type { ColumnType } from './column-type.ts';
import type { ConversionSettings } from './settings.ts';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

/** A record that does not fit the table; the code is Firehose's. */
export class UnconvertibleRecord extends Error {
  override readonly name = 'UnconvertibleRecord';
  readonly code: 'DataFormatConversion.ParseError' | 'DataFormatConversion.MalformedData';

  constructor(code: UnconvertibleRecord['code'], message: string) {
    super(message);
    this.code = code;
  }
}

type KeyRules = Pick<ConversionSettings, 'lowerCaseKeys' | 'dotsToUnderscores' | 'keyOfColumn'>;

/**
 * Reads a record as the OpenX JSON SerDe does (one or several JSON objects, keys in lower case, values brought to the
 * columns' types, other fields left out) and gives back one plain JSON line per object. Throws UnconvertibleRecord.
 */
export function toPlainLines(record: string, columns: readonly Column[], rules: KeyRules): string[] {
  return splitDocuments(record).map((document) => {
    const fields = fieldsByKey(parseDocument(document), rules);
    const cells: string[] = [];
    for (const { name, type } of columns) {
      const value = fields.get(keyFor(name, rules));
      const cell = value === undefined || value === null ? undefined : toPlainJson(value, type, name, rules);
      if (cell !== undefined) cells.push(`${JSON.stringify(name)}:${cell}`);
    }
    return `{${cells.join(',')}}`;
  });
}

function keyFor(column: string, { keyOfColumn, lowerCaseKeys }: KeyRules): string {
  const key = keyOfColumn[column] ?? column;
  return lowerCaseKeys ? key.toLowerCase() : key;
}

function parseDocument(text: string): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    // The parser's message quotes the record, which may be personal: only its kind is said.
    const kind = error instanceof RangeError ? 'nested too deeply' : 'not valid JSON';
    throw new UnconvertibleRecord('DataFormatConversion.ParseError', `Encountered malformed JSON: ${kind}`);
  }
  if (!isObject(document)) {
    throw new UnconvertibleRecord('DataFormatConversion.ParseError', 'Encountered malformed JSON: not an object');
  }
  return document;
}

function fieldsByKey(document: Readonly<Record<string, unknown>>, rules: KeyRules): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const [key, value] of Object.entries(document)) {
    const dotless = rules.dotsToUnderscores ? key.replaceAll('.', '_') : key;
    fields.set(rules.lowerCaseKeys ? dotless.toLowerCase() : dotless, value);
  }
  return fields;
}

/** A value as JSON that DuckDB reads into the column's type without any further judgement. */
function toPlainJson(value: unknown, type: ColumnType, column: string, rules: KeyRules): string {
  if (value === null || value === undefined) return 'null';
  const inside = (part: unknown, partType: ColumnType) => toPlainJson(part, partType, column, rules);
  switch (type.kind) {
    case 'string':
      return JSON.stringify(toWellFormed(textOf(value)));
    case 'boolean':
      if (value === true || value === 'true') return 'true';
      if (value === false || value === 'false') return 'false';
      break;
    case 'float':
    case 'double': {
      const number = Number(numberText(value));
      if (Number.isFinite(number)) return String(number);
      break;
    }
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint': {
      const text = numberText(value);
      if (/^-?\d+$/.test(text) && fitsInteger(BigInt(text), type.kind)) return text;
      break;
    }
    case 'decimal': {
      const text = numberText(value);
      const [, whole = ''] = /^-?0*(\d*)(?:\.\d+)?$/.exec(text) ?? [];
      if (/^-?\d+(\.\d+)?$/.test(text) && whole.length <= type.precision - type.scale) return JSON.stringify(text);
      break;
    }
    case 'date':
      if (typeof value === 'string' && isCalendarDate(value)) return JSON.stringify(value);
      break;
    case 'timestamp': {
      const timestamp = timestampText(value);
      if (timestamp !== undefined) return JSON.stringify(timestamp);
      break;
    }
    case 'array':
      if (Array.isArray(value)) return `[${value.map((one) => inside(one, type.element)).join(',')}]`;
      break;
    case 'map':
      if (isObject(value)) {
        const entries = Object.entries(value).map(
          ([key, one]) => `${JSON.stringify(toWellFormed(key))}:${inside(one, type.value)}`,
        );
        return `{${entries.join(',')}}`;
      }
      break;
    case 'struct':
      if (isObject(value)) {
        const fields = fieldsByKey(value, rules);
        const cells = type.fields.map(
          (field) => `${JSON.stringify(field.name)}:${inside(fields.get(field.name), field.type)}`,
        );
        return `{${cells.join(',')}}`;
      }
      break;
  }
  throw new UnconvertibleRecord(
    'DataFormatConversion.MalformedData',
    `Data does not match the schema: column ${column} of type ${type.kind} cannot hold the value`,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (stringify(value) ?? '');
}

function numberText(value: unknown): string {
  if (isLosslessNumber(value)) return (value as LosslessNumber).value;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : 'NaN';
}

const integerBits = { tinyint: 8n, smallint: 16n, int: 32n, bigint: 64n } as const;

function fitsInteger(value: bigint, kind: keyof typeof integerBits): boolean {
  const limit = 1n << (integerBits[kind] - 1n);
  return value >= -limit && value < limit;
}

function twoDigits(part: string): string {
  return part.padStart(2, '0');
}

function isCalendarDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const timestampForm = /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2}):(\d{2})(\.\d{1,9})?Z?$/;

/**
 * The forms the Firehose guide names: ISO with `T` and `Z`, `yyyy-M-d HH:mm:ss[.S]`, and epoch seconds (with or without
 * a fraction) or milliseconds. Undefined for anything else.
 */
function timestampText(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const match = timestampForm.exec(value);
    if (match) {
      const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = ''] = match;
      const date = `${year}-${twoDigits(month)}-${twoDigits(day)}`;
      const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
      return isTime && isCalendarDate(date)
        ? `${date} ${twoDigits(hour)}:${minute}:${second}${fraction.slice(0, 7)}`
        : undefined;
    }
  }
  const number = Number(numberText(value));
  if (!Number.isFinite(number)) return undefined;
  const milliseconds = Math.abs(number) >= 1e11 ? number : number * 1000;
  // Years before 1 and after 9999 are no dates in any of the engines.
  if (milliseconds < -62_135_596_800_000 || milliseconds > 253_402_300_799_999) return undefined;
  return new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '');
}

/** JSON may hold half a surrogate pair; UTF-8 cannot. */
function toWellFormed(text: string): string {
  return text.replaceAll(/[\u{d800}-\u{dfff}]/gu, '\u{fffd}');
}

/** Cuts `{"a":1}{"a":2}` or `{"a":1}\n{"a":2}` into its documents. */
function splitDocuments(text: string): string[] {
  const documents: string[] = [];
  let depth = 0;
  let start = 0;
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gs)) {
    if (token[0] === '{' || token[0] === '[') depth++;
    else if (token[0] === '}' || token[0] === ']') depth--;
    if (depth === 0 && !token[0].startsWith('"')) {
      const end = token.index + 1;
      documents.push(text.slice(start, end));
      start = end;
    }
  }
  const rest = text.slice(start);
  return rest.trim() === '' ? documents : [...documents, rest];
}
