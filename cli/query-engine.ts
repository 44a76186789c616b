import type { Cell } from './format-table.ts';

export interface SavedQuery {
  readonly name: string;
  readonly description: string;
  readonly database: string;
  /** In Athena's SQL. */
  readonly text: string;
}

export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Null where the engine does not say. */
  readonly scannedBytes: number | null;
  readonly milliseconds: number;
}

/** What answers reports and SQL: Athena, or a warehouse; on a laptop or on AWS alike. */
export interface QueryEngine {
  /** As people call it. */
  readonly name: 'Athena' | 'Redshift';
  /** The workgroup's named queries, by name. */
  savedQueries(): Promise<readonly SavedQuery[]>;
  /**
   * Runs a saved query to its end and fetches all its rows.
   * @param values of its parameters, by name; what is not given takes the report's default
   * @throws UsageError for a value that is missing or of no parameter, Error with the engine's own words when it fails
   */
  runSaved(saved: SavedQuery, values: Readonly<Record<string, string>>): Promise<QueryResult>;
  /** The same for a statement in the engine's own SQL. */
  run(sql: string): Promise<QueryResult>;
  close(): void;
}
