const plain: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'tinyint',
  UTINYINT: 'smallint',
  SMALLINT: 'smallint',
  USMALLINT: 'int',
  INTEGER: 'int',
  UINTEGER: 'bigint',
  BIGINT: 'bigint',
  UBIGINT: 'decimal(20,0)',
  FLOAT: 'float',
  DOUBLE: 'double',
  BLOB: 'binary',
};

/**
 * A DuckDB type in the notation of the Glue catalog. Times of text files are `texts`: the SerDes of JSON and CSV read
 * no ISO 8601. What the catalog does not know, a whole number beyond 64 bits included, is a string there.
 */
export function glueType(duckdb: string, times: 'files' | 'texts'): string {
  const type = duckdb.trim();
  if (type.endsWith('[]')) return `array<${glueType(type.slice(0, -2), times)}>`;
  const inner = /^(STRUCT|MAP)\((.*)\)$/.exec(type);
  if (inner?.[1] === 'STRUCT')
    return `struct<${splitTypes(inner[2] ?? '')
      .map((field) => structField(field, times))
      .join(',')}>`;
  if (inner?.[1] === 'MAP')
    return `map<${splitTypes(inner[2] ?? '')
      .map((one) => glueType(one, times))
      .join(',')}>`;
  if (/^DECIMAL\(\d+,\d+\)$/.test(type)) return type.toLowerCase();
  if (times === 'files' && type === 'DATE') return 'date';
  if (times === 'files' && type.startsWith('TIMESTAMP')) return 'timestamp';
  return plain[type] ?? 'string';
}

/** `name TYPE` or `"a name" TYPE`; names keep their letters, which JSON members have too. */
function structField(text: string, times: 'files' | 'texts'): string {
  const [, quoted, bare, type = ''] = /^\s*(?:"((?:[^"]|"")*)"|(\S+))\s+(.*)$/.exec(text) ?? [];
  return `${quoted?.replaceAll('""', '"') ?? bare ?? ''}:${glueType(type, times)}`;
}

/** Splits at the commas outside parentheses and quotes. */
function splitTypes(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (!quoted && character === '(') depth += 1;
    if (!quoted && character === ')') depth -= 1;
    if (character === ',' && depth === 0 && !quoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}
