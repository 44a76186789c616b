import type * as http from '../shared/http/route.ts';
import type { Audience } from '../../lib/queries/read-query.ts';
import type { Report } from './report.ts';
import type { ReportEngine } from './report-engine.ts';
import type { ResultLinks } from './result-links.ts';

/** What an action works with. */
export interface ReportsDeps {
  /** Who this function answers. */
  readonly audience: Audience;
  /** The reports for this audience. */
  readonly reports: readonly Report[];
  readonly engine: ReportEngine;
  readonly links: ResultLinks;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** What one route of the reports API does. */
export type Action = http.Action<ReportsDeps>;
