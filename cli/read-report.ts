import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryResult } from './query-engine.ts';

/** Whose reports, and with which token. */
export interface ReportsApi {
  /** With the stage, without a trailing slash. */
  readonly apiUrl: string;
  readonly token: string;
  /** `/rg-owner` for the publisher, `/studio` for a studio. */
  readonly route: '/rg-owner' | '/studio';
}

interface Answer {
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly next?: string;
  readonly link?: string;
  readonly meta: { readonly scannedBytes: number | null; readonly milliseconds: number };
}

const pollMs = 200;

/**
 * Rows of a report of the reports API: waits for it where the answer is a link, and follows its pages.
 * @param mostPages of a thousand rows; default: all
 * @throws Error when it is answered with anything but success
 */
export async function readReport(
  { apiUrl, token, route }: ReportsApi,
  report: string,
  values: Readonly<Record<string, string>>,
  mostPages = Infinity,
): Promise<QueryResult> {
  const rows: (string | null)[][] = [];
  let pages = 0;
  let url = `${apiUrl}${route}?${new URLSearchParams({ report, ...values }).toString()}`;
  for (;;) {
    const response = await fetch(url, { headers: { Authorization: token } });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`GET ${route} ${report} was answered with ${response.status}: ${text.slice(0, 300)}`);
    const answer = JSON.parse(text) as Answer;
    if (response.status === 202) {
      await sleep(pollMs);
    } else {
      const columns = answer.columns.map(({ name }) => name);
      for (const row of answer.rows) rows.push(columns.map((column) => textOf(row[column])));
      pages += 1;
      if (answer.next === undefined || pages === mostPages) return { columns, rows, ...answer.meta };
    }
    // Links begin with the stage, as a browser resolves them.
    url = new URL(answer.link ?? answer.next ?? url, apiUrl).href;
  }
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
