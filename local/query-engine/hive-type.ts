import { QueryError } from './query-error.ts';

const plain: Readonly<Record<string, string>> = {
  boolean: 'BOOLEAN',
  tinyint: 'TINYINT',
  smallint: 'SMALLINT',
  int: 'INTEGER',
  integer: 'INTEGER',
  bigint: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  string: 'VARCHAR',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  binary: 'BLOB',
};

/**
 * A column type of the Glue catalog (Hive's notation) in DuckDB's; names of fields keep their case, by which JSON is
 * read. Throws QueryError for what is no type.
 */
export function duckdbType(hive: string): string {
  const type = hive.trim();
  const simple = plain[type.toLowerCase()];
  if (simple) return simple;
  if (/^(varchar|char)\(\d+\)$/i.test(type)) return 'VARCHAR';
  if (/^decimal\(\d+,\s*\d+\)$/i.test(type)) return type.toUpperCase();
  const [, given, inner = ''] = /^(array|map|struct)<(.*)>$/i.exec(type) ?? [];
  const outer = given?.toLowerCase();
  const parts = outer === undefined ? [] : splitTypes(inner);
  if (outer === 'array' && parts.length === 1) return `${duckdbType(inner)}[]`;
  if (outer === 'map' && parts.length === 2) return `MAP(${parts.map(duckdbType).join(', ')})`;
  if (outer === 'struct' && parts.length > 0) return `STRUCT(${parts.map(structField).join(', ')})`;
  throw new QueryError(`HIVE_INVALID_METADATA: ${hive} is not a type of the catalog`);
}

function structField(text: string): string {
  const at = text.indexOf(':');
  return `"${text.slice(0, at).trim().replaceAll('"', '""')}" ${duckdbType(text.slice(at + 1))}`;
}

/** Splits at the commas that are outside `<…>` and `(…)`. */
function splitTypes(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '<' || character === '(') depth += 1;
    if (character === '>' || character === ')') depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
