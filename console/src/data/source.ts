import type { Connection } from './ask.ts';
import { listReports, readReport, type Progress, type ReadOptions, type ReportList } from './read-report.ts';
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
  peek(report: string, values: Values, options?: Pick<ReadOptions, 'needsCost'>): ReportResult | undefined;
}

/** Path below the stage, by role. */
const roots: Readonly<Record<'publisher' | 'studio', string>> = { publisher: '/rg-owner', studio: '/studio' };

const keptMilliseconds = 60_000;
const mostKept = 60;

/** @param stage of the API, e.g. `live` */
export function connectionOf(role: Role, stage: string, token: string | undefined, fetcher: typeof fetch): Connection {
  if (role === 'admin') return { root: '/_local/reports', fetch: fetcher, canOmitCost: true };
  return { root: `/${stage}${roots[role]}`, fetch: fetcher, ...(token !== undefined && { token }) };
}

/** A report on its way to some readers; when the last of them leaves, it is stopped. */
interface Reading {
  readonly result: Promise<ReportResult>;
  readonly readers: Set<ReadOptions>;
  readonly stop: (reason: unknown) => void;
}

export function createSource(role: Role, connection: Connection, now: () => number = Date.now): Source {
  const kept = new Map<string, { readonly at: number; readonly result: ReportResult }>();
  const underWay = new Map<string, Reading>();

  function find(key: string): ReportResult | undefined {
    const found = kept.get(key);
    return found && now() - found.at < keptMilliseconds ? found.result : undefined;
  }

  function keep(key: string, result: ReportResult): void {
    kept.delete(key);
    kept.set(key, { at: now(), result });
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  }

  /** The same for the same values in any order. */
  function keyOf(report: string, values: Values, { needsCost = false }: Pick<ReadOptions, 'needsCost'> = {}): string {
    const inOrder = Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([report, connection.canOmitCost === true && needsCost, ...inOrder]);
  }

  function begin(key: string, report: string, values: Values, needsCost: boolean): Reading {
    const controller = new AbortController();
    const readers = new Set<ReadOptions>();
    const onProgress = (progress: Progress): void => readers.forEach((reader) => reader.onProgress?.(progress));
    const read = async (): Promise<ReportResult> => {
      try {
        const result = await readReport(connection, report, values, {
          signal: controller.signal,
          onProgress,
          needsCost,
        });
        keep(key, result);
        return result;
      } finally {
        if (underWay.get(key) === reading) underWay.delete(key);
      }
    };
    const stop = (reason: unknown): void => {
      if (underWay.get(key) !== reading) return;
      // Whoever asks from now on is answered anew.
      underWay.delete(key);
      controller.abort(reason);
    };
    const reading: Reading = { result: read(), readers, stop };
    underWay.set(key, reading);
    return reading;
  }

  return {
    role,
    connection,
    list: (signal) => listReports(connection, signal),
    peek: (report, values, options) => find(keyOf(report, values, options)),
    async read(report, values, options) {
      options.signal.throwIfAborted();
      const key = keyOf(report, values, options);
      const known = find(key);
      if (known) return known;
      const { result, readers, stop } = underWay.get(key) ?? begin(key, report, values, options.needsCost ?? false);
      readers.add(options);
      try {
        return await unlessAborted(result, options.signal);
      } finally {
        readers.delete(options);
        if (readers.size === 0) stop(options.signal.reason);
      }
    },
  };
}

/** The same, but for one who may leave before. */
function unlessAborted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason is the aborter's
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
