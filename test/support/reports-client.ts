import type { Endpoints } from '../../local/runtime.ts';
import { readAnswer, type Answer } from './read-answer.ts';

/** A row of a report's JSON answer. */
export type ReportRow = Readonly<Record<string, unknown>>;

/** Calls a route of the API with a token; `path` begins behind the stage, a given body is sent as JSON. */
export async function callWithToken(
  endpoints: Pick<Endpoints, 'apiUrl'>,
  token: string,
  method: string,
  path: string,
  { body, headers = {} }: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const response = await fetch(endpoints.apiUrl + path, {
    method,
    headers: { Authorization: token, ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return readAnswer(response);
}

/** Asks for a report, or without one for the list; `route` is `/studio` or `/rg-owner`. */
export function askForReport(
  endpoints: Pick<Endpoints, 'apiUrl'>,
  token: string,
  route: string,
  query: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const text = new URLSearchParams(query).toString();
  return callWithToken(endpoints, token, 'GET', text === '' ? route : `${route}?${text}`);
}

/** All rows of a report, page by page, waiting for it where the answer is a link. Throws unless it succeeds. */
export async function readReport(
  endpoints: Pick<Endpoints, 'apiUrl'>,
  token: string,
  route: string,
  query: Readonly<Record<string, string>>,
): Promise<ReportRow[]> {
  const rows: ReportRow[] = [];
  let answer = await askForReport(endpoints, token, route, query);
  for (;;) {
    const { link, next, rows: page } = answer.json as Page;
    if (answer.status !== 200 && answer.status !== 202) {
      throw new Error(`${route} ${JSON.stringify(query)} answered ${answer.status}: ${answer.text}`);
    }
    rows.push(...(page ?? []));
    const following = answer.status === 202 ? link : next;
    if (following === undefined) return rows;
    // Links begin with the stage, as a browser resolves them.
    answer = await readAnswer(await fetch(new URL(following, endpoints.apiUrl), { headers: { Authorization: token } }));
  }
}

interface Page {
  readonly rows?: readonly ReportRow[];
  readonly link?: string;
  readonly next?: string;
}
