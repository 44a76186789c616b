/** What Athena calls a Glue (Hive) type. */
export const athenaTypes = {
  string: 'varchar',
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp(3)',
  'array<string>': 'array(varchar)',
} as const;

/** A decimal's type: digits in all, and those behind the point. Athena and Glue call it the same. */
export type DecimalType = `decimal(${number},${number})`;

/** A type of a column of the lake, as the Glue catalog calls it. */
export type GlueType = keyof typeof athenaTypes | DecimalType;

/** A column of a lake table. */
export interface LakeColumn {
  readonly name: string;
  readonly type: GlueType;
  readonly comment: string;
}

/** What Athena calls a column's type. */
export function athenaType(type: GlueType): string {
  return isDecimal(type) ? type : athenaTypes[type];
}

const isDecimal = (type: GlueType): type is DecimalType => type.startsWith('decimal(');
