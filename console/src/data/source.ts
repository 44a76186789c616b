import type { Connection } from './ask.ts';
import { listReports, readReport, type ReadOptions, type ReportList } from './read-report.ts';
import type { ReportResult } from './report.ts';

/** As whom the console asks: a token's role, or the laptop's own admin. */
export type Role = 'publisher' | 'studio' | 'admin';

type Values = Readonly<Record<string, string>>;

/** Where reports come from, for one caller. Answers are kept for a while, and what is asked twice at once is asked once. */
export interface Source {
  readonly role: Role;
  readonly connection: Connection;
  list(signal: AbortSignal): Promise<ReportList>;
  /** Throws Problem, or what the signal aborts with. */
  read(report: string, values: Values, options: ReadOptions): Promise<ReportResult>;
  /** What is kept of it, so that nothing flickers. */
  peek(report: string, values: Values): ReportResult | undefined;
  /** Forgets what is kept. */
  refresh(): void;
}

/** Path below the stage, by role. */
const roots: Readonly<Record<'publisher' | 'studio', string>> = { publisher: '/rg-owner', studio: '/studio' };

const keptMilliseconds = 60_000;
const mostKept = 60;

/** @param stage of the API, e.g. `live` */
export function connectionOf(role: Role, stage: string, token: string | undefined, fetcher: typeof fetch): Connection {
  if (role === 'admin') return { root: '/_local/reports', fetch: fetcher };
  return { root: `/${stage}${roots[role]}`, fetch: fetcher, ...(token !== undefined && { token }) };
}

export function createSource(role: Role, connection: Connection, now: () => number = Date.now): Source {
  const kept = new Map<string, { readonly at: number; readonly result: ReportResult }>();
  function peek(report: string, values: Values): ReportResult | undefined {
    const found = kept.get(keyOf(report, values));
    return found && now() - found.at < keptMilliseconds ? found.result : undefined;
  }

  return {
    role,
    connection,
    list: (signal) => listReports(connection, signal),
    peek,
    async read(report, values, options) {
      const known = peek(report, values);
      if (known) return known;
      const result = await readReport(connection, report, values, options);
      const key = keyOf(report, values);
      kept.delete(key);
      kept.set(key, { at: now(), result });
      const [oldest] = kept.keys();
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
      return result;
    },
    refresh: () => kept.clear(),
  };
}

/** The same for the same values in any order. */
const keyOf = (report: string, values: Values): string =>
  JSON.stringify([report, ...Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
