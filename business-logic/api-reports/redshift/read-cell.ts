import type { ColumnMetadata, Field } from '@aws-sdk/client-redshift-data';
import { athenaDouble } from '../../../lib/queries/athena-double.ts';
import type { Cell, ResultColumn } from '../report-engine.ts';

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

/** A column as a result of Athena would have it: one contract, whichever engine answers. */
export function readColumn({ name, label, typeName }: ColumnMetadata): ResultColumn {
  return { name: label || name || '', type: athenaTypes[typeName?.toLowerCase() ?? ''] ?? 'varchar' };
}

/**
 * A value as Athena spells it.
 * @throws Error for a kind of value that no report has
 */
export function readCell({ type }: ResultColumn, field: Field): Cell {
  if (field.isNull) return null;
  if (field.booleanValue !== undefined) return String(field.booleanValue);
  if (field.longValue !== undefined) return String(field.longValue);
  if (field.doubleValue !== undefined) return athenaDouble(field.doubleValue);
  if (field.stringValue === undefined) throw new Error(`a value of type ${type} is neither text nor a number`);
  return type.startsWith('timestamp') ? withMilliseconds(field.stringValue) : field.stringValue;
}

/** Redshift leaves out zeros at the end of a fraction, and has microseconds where Athena has milliseconds. */
function withMilliseconds(text: string): string {
  const [, moment = text, fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.(\d+))?(.*)$/.exec(text) ?? [];
  return `${moment}.${fraction.slice(0, 3).padEnd(3, '0')}${zone && ' UTC'}`;
}
