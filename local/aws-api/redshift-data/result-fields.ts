import type { WarehouseColumn } from '../../redshift/engine.ts';

/** A value as GetStatementResult types it. */
export type Field =
  | { readonly isNull: true }
  | { readonly stringValue: string }
  | { readonly longValue: number }
  | { readonly doubleValue: number | string }
  | { readonly booleanValue: boolean };

/** Whole numbers, doubles and booleans have fields of their own; all else, decimals and times included, is text. */
export function field(value: string | null, type: string): Field {
  if (value === null) return { isNull: true };
  switch (type) {
    case 'int2':
    case 'int4':
    case 'int8':
    case 'oid':
      return { longValue: Number(value) };
    case 'float4':
    case 'float8':
      // JSON has no NaN and no infinity: the protocol writes them as text.
      return { doubleValue: Number.isFinite(Number(value)) ? Number(value) : value };
    case 'bool':
      return { booleanValue: value === 't' || value === 'true' };
    default:
      return { stringValue: value };
  }
}

const digits: Readonly<Record<string, number>> = {
  int2: 5,
  int4: 10,
  int8: 19,
  float4: 8,
  float8: 17,
  bool: 1,
  date: 13,
};

const numbers = new Set(['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']);

export function columnMetadata({ name, type }: WarehouseColumn): Record<string, unknown> {
  return {
    isCaseSensitive: !numbers.has(type) && !['bool', 'date', 'timestamp', 'timestamptz'].includes(type),
    isCurrency: false,
    isSigned: numbers.has(type),
    label: name,
    name,
    nullable: 1,
    precision: digits[type] ?? 0,
    scale: 0,
    schemaName: '',
    tableName: '',
    typeName: type,
    length: 0,
  };
}
