import type { Report } from './report.ts';

/** What a report is run with. */
export interface ReportRun {
  readonly report: Report;
  /** Values by the name of the parameter, checked to be of its type; a name without a value takes its default. */
  readonly values: Readonly<Record<string, string>>;
}

/** How far an execution is. Why one failed stands in the log alone: engines quote values of any row in their reasons. */
export type ExecutionState =
  | { readonly status: 'running' }
  | { readonly status: 'failed' }
  /** Ended, because it would have read more than the deployment allows. */
  | { readonly status: 'too large' }
  | { readonly status: 'succeeded'; readonly statistics: ExecutionStatistics };

export interface ExecutionStatistics {
  /** Null where the engine does not say: a warehouse is not billed by them. */
  readonly scannedBytes: number | null;
  readonly milliseconds: number;
  /** The rows are those of an earlier execution over the same data. */
  readonly isReused: boolean;
}

/** A value as Athena spells it; null is SQL's. */
export type Cell = string | null;

/** A column of a result, with its type as Athena names it, e.g. `bigint`, `decimal`, `timestamp`. */
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
}

/** Some rows of a result. */
export interface ResultPage {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** Where the next rows begin; absent behind the last. */
  readonly next?: string;
}

/** What runs reports: Athena over the lake, or a warehouse that holds the same tables. */
export interface ReportEngine {
  /**
   * Starts a report and gives its execution's id.
   * @throws Throttled, Unavailable
   */
  start(run: ReportRun): Promise<string>;
  /** The texts of these reports, by name, as they would run now. */
  texts(reports: readonly Report[]): Promise<ReadonlyMap<string, string>>;
  state(executionId: string): Promise<ExecutionState>;
  /**
   * At most `limit` rows (1 to 1,000) of an execution that succeeded, from `start` on or from the first.
   * @param report name of the report that the execution is of
   */
  page(executionId: string, limit: number, start: string | undefined, report: string): Promise<ResultPage>;
}
