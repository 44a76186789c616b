/** A column of the table that rows are copied into. */
export interface TargetColumn {
  readonly name: string;
  /** PostgreSQL's name of the type, a domain resolved, e.g. `int8`, `varchar`, `jsonb`. */
  readonly type: string;
  /** Most bytes of a text, -1 for no limit. */
  readonly length: number;
}

/** Types of DuckDB that fit a column's type. Redshift converts nothing when it copies a columnar file. */
const fitting: Readonly<Record<string, RegExp>> = {
  int2: /^(TINYINT|SMALLINT|INTEGER)$/,
  int4: /^(TINYINT|SMALLINT|INTEGER)$/,
  int8: /^(TINYINT|SMALLINT|INTEGER|BIGINT)$/,
  float4: /^FLOAT$/,
  float8: /^(FLOAT|DOUBLE)$/,
  numeric: /^DECIMAL\(/,
  bool: /^BOOLEAN$/,
  date: /^DATE$/,
  timestamp: /^TIMESTAMP/,
  timestamptz: /^TIMESTAMP/,
  varchar: /^VARCHAR$/,
  text: /^VARCHAR$/,
  bpchar: /^VARCHAR$/,
};

const isNested = (type: string): boolean => /^(STRUCT|MAP)\(|\]$/.test(type);

/** SQL of DuckDB that writes a file's column for a table's; undefined where their types do not fit. */
export function copyExpression(
  source: { readonly name: string; readonly type: string },
  target: TargetColumn,
  serializesToJson: boolean,
): string | undefined {
  const column = `"${source.name.replaceAll('"', '""')}"`;
  if (target.type === 'jsonb') {
    if (isNested(source.type) && !serializesToJson) return undefined;
    return `CAST(to_json(${column}) AS VARCHAR)`;
  }
  if (!fitting[target.type]?.test(source.type)) return undefined;
  if (target.type === 'timestamp') return `CAST(${column} AS TIMESTAMP)`;
  return column;
}
