import { Problem, problemOfStatus } from './problem.ts';

/** Whom to ask, and as whom. */
export interface Connection {
  /** Path below which everything is asked, e.g. `/live/studio`. */
  readonly root: string;
  /** Absent on the laptop for its own admin. */
  readonly token?: string;
  readonly fetch: typeof fetch;
  /** Whether a report is answered sooner without its cost, which `cost=false` leaves out: so it is on the laptop. */
  readonly canOmitCost?: boolean;
  /** Waits; for tests. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const mostTries = 3;
const firstPause = 400;
const longestPause = 5_000;

/**
 * Asks for JSON, again where the server is busy or out of reach.
 * @param path absolute, as links have it, or what stands behind the root: empty or beginning with `?` or `/`
 * @throws Problem, or what the signal aborts with
 */
export async function ask(
  connection: Connection,
  path: string,
  signal: AbortSignal,
  init: RequestInit = {},
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const { answer, problem, pause } = await askOnce(connection, path, signal, init);
    if (answer) return answer;
    if (tries >= mostTries || (problem.kind !== 'busy' && problem.kind !== 'unreachable')) throw problem;
    await (connection.sleep ?? sleep)(Math.min(longestPause, pause ?? firstPause * 2 ** tries), signal);
  }
}

type Asked =
  | { readonly answer: Answer; readonly problem?: undefined; readonly pause?: undefined }
  | { readonly answer?: undefined; readonly problem: Problem; readonly pause?: number | undefined };

async function askOnce(connection: Connection, path: string, signal: AbortSignal, init: RequestInit): Promise<Asked> {
  const { root, token, fetch } = connection;
  // Only this origin is ever asked, whatever a link says: the token goes along.
  const url = /^\/\w/.test(path) ? path : `${root}${path.replace(/^[^?\w]+/, '/')}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...init,
      signal,
      headers: { Accept: 'application/json', ...(token !== undefined && { Authorization: token }), ...init.headers },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    const advice = 'Look whether the pipeline runs and the network is there, then try again.';
    return { problem: new Problem('unreachable', 'The server is out of reach.', advice, { cause: error }) };
  }
  const body = jsonOf(text);
  if (!response.ok) {
    const detail = (body as { error_detail?: unknown; message?: unknown } | undefined) ?? {};
    const said = detail.error_detail ?? detail.message;
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      problem: problemOfStatus(response.status, typeof said === 'string' ? said : undefined),
      pause: Number.isFinite(seconds) ? seconds * 1_000 : undefined,
    };
  }
  if (body === undefined) {
    return { problem: new Problem('failed', 'The answer is no JSON.', 'Look whether this address is a Playlake API.') };
  }
  return { answer: { status: response.status, body } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Rejects with the signal's reason as soon as that aborts. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason is the aborter's
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end);
      resolve();
    }, milliseconds);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
