import type { ColumnMetadata, Field } from '@aws-sdk/client-redshift-data';
import { athenaDouble } from '../../../lib/queries/athena-double.ts';
import type { Cell } from '../report-engine.ts';

/** A column of a result: its name, and the type that Athena's answer to the same question has. */
export interface WarehouseResultColumn {
  readonly name: string;
  /** Without its size, e.g. `decimal`. */
  readonly type: string;
  /** Digits behind the point, of a decimal whose size is known. */
  readonly scale?: number;
}

/** Redshift's names of types, and Athena's for the same; what has no name of its own there is text. */
const athenaTypes: Readonly<Record<string, string>> = {
  bool: 'boolean',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'float',
  float8: 'double',
  numeric: 'decimal',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamp with time zone',
};

/**
 * A column as a result of Athena would have it: one contract, whichever engine answers.
 * @param declared Athena's type as SQL has it, e.g. `decimal(38,4)`, where it is known: a sum of whole numbers is a
 * decimal in Redshift
 */
export function readColumn({ name, label, typeName }: ColumnMetadata, declared?: string): WarehouseResultColumn {
  const [, type, scale] = /^([a-z ]+?)(?:\(\d+(?:, ?(\d+))?\))?$/.exec(declared ?? '') ?? [];
  return {
    name: label || name || '',
    type: type ?? athenaTypes[typeName?.toLowerCase() ?? ''] ?? 'varchar',
    ...(scale !== undefined && { scale: Number(scale) }),
  };
}

/**
 * A value as Athena spells it.
 * @throws Error for a kind of value that no report has
 */
export function readCell({ type, scale }: WarehouseResultColumn, field: Field): Cell {
  if (field.isNull) return null;
  const value = field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue;
  if (value === undefined) throw new Error(`a value of type ${type} is neither text, nor a number, nor a boolean`);
  if (type === 'double' || type === 'float') return athenaDouble(Number(value));
  const text = String(value);
  if (type.startsWith('timestamp')) return withMilliseconds(text);
  if (type === 'decimal') return scale === undefined ? text : withScale(text, scale);
  return wholeTypes.has(type) ? withScale(text, 0) : text;
}

const wholeTypes = new Set(['smallint', 'integer', 'bigint']);

/** Adds or takes zeros at the end of a fraction; digits that count stay, whatever was declared. */
function withScale(text: string, scale: number): string {
  const [, whole, fraction = ''] = /^(-?\d+)(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === undefined) return text;
  const digits = fraction.replace(/0+$/, '').padEnd(scale, '0');
  return digits === '' ? whole : `${whole}.${digits}`;
}

/** Redshift leaves out zeros at the end of a fraction, and has microseconds where Athena has milliseconds. */
function withMilliseconds(text: string): string {
  const [, moment = text, fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d+))?(.*)$/.exec(text) ?? [];
  return `${moment}.${fraction.slice(0, 3).padEnd(3, '0')}${zone && ' UTC'}`;
}
