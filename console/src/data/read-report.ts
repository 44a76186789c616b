import { ask, sleep, type Connection } from './ask.ts';
import type { Column, ReportInfo, ReportResult, Row } from './report.ts';

/** How far an answer is. */
export interface Progress {
  /** `running`: the query is; `reading`: its rows come. */
  readonly phase: 'running' | 'reading';
  readonly rows: number;
}

export interface ReadOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Whether what it costs is shown; default false. */
  readonly needsCost?: boolean;
  /** Most rows that are read; default 20,000, which is 200 games over 100 days. */
  readonly mostRows?: number;
}

interface Page {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly next?: string;
  readonly meta: ReportResult['meta'];
}

const pollPause = 300;
const defaultMostRows = 20_000;

/** What there is to read. */
export interface ReportList {
  readonly reports: readonly ReportInfo[];
  /** Query files that cannot be read, and why; the laptop alone tells. */
  readonly problems: readonly string[];
}

/** The reports that this caller may read. Throws Problem. */
export async function listReports(connection: Connection, signal: AbortSignal): Promise<ReportList> {
  const { body } = await ask(connection, '', signal);
  const { reports, problems = [] } = body as Partial<ReportList>;
  return { reports: reports ?? [], problems };
}

/**
 * Runs a report: waits where the answer is a link, and follows its pages.
 * @throws Problem, or what the signal aborts with
 */
export async function readReport(
  connection: Connection,
  report: string,
  values: Readonly<Record<string, string>>,
  { signal, onProgress, needsCost = false, mostRows = defaultMostRows }: ReadOptions,
): Promise<ReportResult> {
  const rows: Row[] = [];
  const query = new URLSearchParams({ report, ...values });
  if (connection.canOmitCost === true && !needsCost) query.set('cost', 'false');
  let path = `?${query.toString()}`;
  for (;;) {
    const { status, body } = await ask(connection, path, signal);
    if (status === 202) {
      onProgress?.({ phase: 'running', rows: 0 });
      path = (body as { readonly link: string }).link;
      await (connection.sleep ?? sleep)(pollPause, signal);
      continue;
    }
    const { columns, rows: some, next, meta } = body as Page;
    rows.push(...some);
    if (next === undefined || rows.length >= mostRows) return { columns, rows, isCut: next !== undefined, meta };
    onProgress?.({ phase: 'reading', rows: rows.length });
    path = next;
  }
}
