import type { FieldSchema } from './event-schema.ts';
import type { GlueType } from './lake-column.ts';

/** Digits of a decimal column: the most that engines compute with in 64 bits. */
export const decimalDigits = 18;

/**
 * The type of the column that holds a declared field. A number in steps (`multipleOf`) becomes a decimal with the step's
 * places; objects and arrays are kept as JSON text. The field is one in which `eventSchemaProblems` found nothing.
 */
export function columnType({ type, multipleOf }: FieldSchema): GlueType {
  switch (type) {
    case 'integer':
      return 'bigint';
    case 'number':
      return typeof multipleOf === 'number' ? `decimal(${decimalDigits},${decimalPlaces(multipleOf)})` : 'double';
    case 'boolean':
      return 'boolean';
    case 'string':
    case 'object':
    case 'array':
      return 'string';
  }
}

/** Digits behind the point that a number needs: 4 for 0.0001, 7 for 1e-7, none for 5. */
export function decimalPlaces(value: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e');
  const [, fraction = ''] = digits.split('.');
  return Math.max(0, fraction.length - Number(exponent));
}
