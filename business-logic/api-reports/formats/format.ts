import type { ExecutionStatistics, ResultPage } from '../report-engine.ts';

/** Rows that go out, and what is told beside them. */
export interface Presentation {
  readonly report: string;
  readonly page: ResultPage;
  readonly statistics: ExecutionStatistics;
  /** Path and id under which the next rows are read; absent behind the last. */
  readonly next?: string;
}

/** One way to write rows. */
export interface Format {
  readonly mediaType: string;
  write(presentation: Presentation): Promise<unknown> | unknown;
}
