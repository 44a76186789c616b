export interface PrestoViewProps {
  /** A SELECT in Athena's SQL that names its tables unqualified and casts every column. */
  readonly sql: string;
  readonly catalog: string;
  /** Database that unqualified names mean. */
  readonly schema: string;
  /** The SELECT's columns in order, types as Athena names them. Athena calls a view "stale" when they differ from the query's. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** The text under which Athena keeps a view in the Glue catalog (`ViewOriginalText`). */
export function prestoView({ sql, catalog, schema, columns }: PrestoViewProps): string {
  const view = { originalSql: sql, catalog, schema, columns };
  return `/* Presto View: ${Buffer.from(JSON.stringify(view)).toString('base64')} */`;
}
