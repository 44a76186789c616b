/** A query that fails, with the message that Athena gives as its reason. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  /** Who is at fault, as `AthenaError.ErrorCategory` counts: 1 Athena, 2 the user. */
  readonly category: 1 | 2;

  constructor(message: string, options: ErrorOptions & { readonly category?: 1 | 2 } = {}) {
    super(message, options);
    this.category = options.category ?? 2;
  }
}

/** A query that would read more than its workgroup allows. */
export class ScanLimitExceeded extends Error {
  override readonly name = 'ScanLimitExceeded';
}

/** A failure of DuckDB in the words that Athena would open with. */
export function queryErrorOf(error: unknown): QueryError {
  if (error instanceof QueryError) return error;
  const [text = ''] = (error instanceof Error ? error.message : String(error)).split('\n\nLINE ');
  const [, kind = '', rest = text] = /^(\w+(?: \w+)*) Error: ([\s\S]*)$/.exec(text.trim()) ?? [];
  const message = /^[A-Z_]+: /.test(rest) ? rest : `${prefixes[kind] ?? 'GENERIC_USER_ERROR'}: ${rest}`;
  return new QueryError(message, { cause: error, category: kind === 'Out of Memory' || kind === 'IO' ? 1 : 2 });
}

const prefixes: Readonly<Record<string, string>> = {
  Binder: 'SYNTAX_ERROR',
  Catalog: 'SYNTAX_ERROR',
  Parser: 'SYNTAX_ERROR',
  Conversion: 'INVALID_CAST_ARGUMENT',
  'Out of Range': 'NUMERIC_VALUE_OUT_OF_RANGE',
  'Out of Memory': 'EXCEEDED_LOCAL_MEMORY_LIMIT',
  IO: 'HIVE_CANNOT_OPEN_SPLIT',
  Interrupt: 'USER_CANCELED',
  'Mismatch Type': 'TYPE_MISMATCH',
};
