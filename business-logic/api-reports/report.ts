import type { Audience, QueryChart, QueryParameter } from '../../lib/queries/read-query.ts';

/** A column of a report's rows. Its type is the engine's to say, with the rows. */
export interface ReportColumn {
  readonly name: string;
  /** What is odd about it. */
  readonly note?: string;
}

/** A report that the API answers, as `reports.json` beside the function has it: made at synth from a query file. */
export interface Report {
  readonly name: string;
  readonly description: string;
  /** What one row is. */
  readonly grain: string;
  readonly audience: Audience;
  /** One per `?` of the text, in their order. */
  readonly parameters: readonly QueryParameter[];
  readonly columns: readonly ReportColumn[];
  readonly chart?: QueryChart;
  /** Reads a table of personal data: it runs where results are kept apart, and none is used twice. */
  readonly isRestricted: boolean;
  /** Reads what arrives at any moment, so that its result is as old as it is. */
  readonly readsRaw: boolean;
  /** SHA-256 in hex of the text that was checked at synth. A saved query of another text is not this report. */
  readonly sha256: string;
}
