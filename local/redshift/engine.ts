/** A column of a result. */
export interface WarehouseColumn {
  readonly name: string;
  /** As Redshift calls it, e.g. `int8`, `float8`, `varchar`, `super`. */
  readonly type: string;
}

/** Rows of one statement; every value is text in the engine's own form, null for SQL null. */
export interface WarehouseRows {
  readonly columns: readonly WarehouseColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Rows given back, or written by INSERT, UPDATE, DELETE, MERGE and COPY. */
  readonly affectedRows: number;
}

/** A statement with the values of its `$1`, `$2` …, each as text. */
export interface WarehouseStatement {
  readonly sql: string;
  readonly parameters?: readonly (string | null)[];
}

/** What the engine refuses; `code` is PostgreSQL's SQLSTATE, e.g. `42P01`. */
export class WarehouseError extends Error {
  override readonly name = 'WarehouseError';
  readonly code: string;
  readonly detail: string | undefined;

  constructor(message: string, { code = 'XX000', detail }: { readonly code?: string; readonly detail?: string } = {}) {
    super(message);
    this.code = code;
    this.detail = detail;
  }
}

/** The engine's one connection while it is lent out. */
export interface WarehouseSession {
  /** Runs one statement. Throws WarehouseError. */
  query(sql: string, parameters?: readonly (string | null)[]): Promise<WarehouseRows>;
  /** Runs any number of statements without parameters; their rows are dropped. */
  script(sql: string): Promise<void>;
  /**
   * Appends the rows of a file in PostgreSQL's CSV form (unquoted and empty is null); gives back how many. The column
   * list is SQL.
   */
  copyCsv(table: string, columns: readonly string[], path: string): Promise<number>;
}

/** A PostgreSQL that stands in for Redshift: PGlite in a thread of this process, or a server. */
export interface WarehouseEngine {
  /** `PGlite` or `PostgreSQL`, with its version. */
  readonly description: string;
  /** Runs one statement, after all that were asked for before it. Throws WarehouseError. */
  query(sql: string, parameters?: readonly (string | null)[]): Promise<WarehouseRows>;
  /** All or nothing; stops at the first that fails. Throws WarehouseError. */
  transaction(statements: readonly WarehouseStatement[]): Promise<readonly WarehouseRows[]>;
  /** Lends the connection to one piece of work at a time. Nothing of its session is left to the next. */
  session<T>(work: (session: WarehouseSession) => Promise<T>): Promise<T>;
  /** Stops the statement that runs now; its transaction is rolled back and it throws WarehouseError `57014`. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}
