/** A Glue (Hive) column type. */
export type ColumnType =
  | { readonly kind: ScalarKind }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'array'; readonly element: ColumnType }
  | { readonly kind: 'map'; readonly value: ColumnType }
  | { readonly kind: 'struct'; readonly fields: readonly { readonly name: string; readonly type: ColumnType }[] };

const scalars = {
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  int: 'INTEGER',
  bigint: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
} as const;

export type ScalarKind = keyof typeof scalars;

/** Reads a type such as `array<struct<a:string,b:decimal(9,2)>>`. Throws on what Glue has no meaning for here. */
export function parseColumnType(text: string): ColumnType {
  const type = text.trim().toLowerCase();
  const decimal = /^decimal(?:\((\d+)(?:,\s*(\d+))?\))?$/.exec(type);
  if (decimal) return { kind: 'decimal', precision: Number(decimal[1] ?? 10), scale: Number(decimal[2] ?? 0) };
  if (/^(varchar|char)\(\d+\)$/.test(type)) return { kind: 'string' };
  if (type === 'integer') return { kind: 'int' };
  if (Object.hasOwn(scalars, type)) return { kind: type as ScalarKind };

  const nested = /^(array|map|struct)<(.*)>$/.exec(type);
  if (nested?.[1] === 'array') return { kind: 'array', element: parseColumnType(nested[2]!) };
  const parts = splitTopLevel(nested?.[2] ?? '');
  if (nested?.[1] === 'map' && parts.length === 2 && parts[0]!.trim() === 'string') {
    return { kind: 'map', value: parseColumnType(parts[1]!) };
  }
  if (nested?.[1] === 'struct') {
    return {
      kind: 'struct',
      fields: parts.map((part) => {
        const colon = part.indexOf(':');
        return { name: part.slice(0, colon).trim(), type: parseColumnType(part.slice(colon + 1)) };
      }),
    };
  }
  throw new Error(`the column type ${text} has no stand-in in format conversion`);
}

function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '<' || character === '(') depth++;
    else if (character === '>' || character === ')') depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** The type as DuckDB names it. */
export function duckDbType(type: ColumnType): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'array':
      return `${duckDbType(type.element)}[]`;
    case 'map':
      return `MAP(VARCHAR, ${duckDbType(type.value)})`;
    case 'struct':
      return `STRUCT(${type.fields.map((field) => `${identifier(field.name)} ${duckDbType(field.type)}`).join(', ')})`;
    default:
      return scalars[type.kind];
  }
}

/** A quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A quoted SQL string. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
