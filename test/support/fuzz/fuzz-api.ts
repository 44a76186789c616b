import type { Endpoints } from '../../../local/runtime.ts';
import { registerGame } from '../admin-client.ts';
import { readAnswer } from '../read-answer.ts';
import type { RawAnswer } from '../raw-http.ts';
import { callLocal, flush } from '../send-events.ts';
import { BrokenContract, builder, mostMillis } from './fuzz-transform.ts';
import { HttpConnection } from './http-connection.ts';
import { httpRequest, idleRequest, type FuzzedRequest, type FuzzedSender, type FuzzTarget } from './http-request.ts';
import { shrink } from './shrink.ts';

/** Connections at once, each with a game of its own, so that no game's limit is met. */
const connections = 6;
/** An answer may be late for any reason once; so many tries more, alone, tell whether it is the request. */
const retries = 40;
const unitBytes = 65_536;

/** Statuses of the API's contract; those behind them are the HTTP parser's own. */
const statuses = new Set([200, 202, 204, 400, 401, 403, 404, 413, 415, 429]);
const parserStatuses = new Set([400, 408, 413, 414, 417, 431, 501]);

export interface ApiReport {
  readonly requests: number;
  /** How many were answered with each status; 0 stands for a connection that was closed without an answer. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** Requests that were answered 200 on the route of events, and their events, all of which were found. */
  readonly stored: number;
  readonly events: number;
  /** Answers that came later than one may, and by how much the slowest of them was late when it was asked for again, alone. */
  readonly late: number;
  readonly slowestMillis: number;
  readonly seconds: number;
}

export interface ApiFuzz {
  readonly seed: string;
  readonly count: number;
  readonly onProgress?: (requests: number) => void;
}

interface Run {
  readonly endpoints: Endpoints;
  readonly target: FuzzTarget;
  readonly byStatus: Record<string, number>;
  /** Events by the id of the request that brought them. */
  readonly stored: Map<string, number>;
  readonly late: { readonly request: FuzzedRequest; readonly connection: HttpConnection }[];
}

/**
 * Sends requests of every kind to a running pipeline and holds each answer to the contract; then sends again what came
 * late, and looks for all that was said to be stored.
 * @throws BrokenContract
 */
export async function fuzzApi(endpoints: Endpoints, { seed, count, onProgress }: ApiFuzz): Promise<ApiReport> {
  const { host, pathname } = new URL(endpoints.apiUrl);
  const run: Run = { endpoints, target: { host, stage: pathname }, byStatus: {}, stored: new Map(), late: [] };
  const senders = await Promise.all(
    Array.from({ length: connections }, (_, at) => registerGame(endpoints, `fuzzed game ${at}`)),
  );
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(
    senders.map(async (sender: FuzzedSender) => {
      const connection = new HttpConnection(endpoints.apiUrl);
      while (next < count) {
        const request = httpRequest(seed, (next += 1), sender, run.target, builder);
        await sendOne(run, request, connection);
        onProgress?.(next);
      }
      connection.close();
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const slowestMillis = await checkTimes(run, senders);
  const events = await checkStored(run);
  const { status } = await readAnswer(await fetch(new URL('/_local/health', endpoints.apiUrl)));
  if (status !== 200) throw new Error(`the pipeline is not in health: ${status}`);
  return {
    requests: count,
    byStatus: run.byStatus,
    stored: run.stored.size,
    events,
    late: run.late.length,
    slowestMillis,
    seconds,
  };
}

async function sendOne(run: Run, request: FuzzedRequest, connection: HttpConnection): Promise<void> {
  const startedAt = performance.now();
  const answers = await answersTo(request, connection);
  const millis = performance.now() - startedAt;
  for (const answer of answers) {
    const problem = note(run, request, answer);
    if (problem !== undefined) throw await blame(request, problem, connection);
  }
  if (answers.length === 0) run.byStatus['0'] = (run.byStatus['0'] ?? 0) + 1;
  if (!request.isBroken && millis > allowedMillis(request)) run.late.push({ request, connection });
}

async function answersTo(request: FuzzedRequest, connection: HttpConnection): Promise<readonly RawAnswer[]> {
  if (request.isBroken) return connection.sendLast(request.bytes);
  const answer = await connection.send(request.bytes);
  return answer ? [answer] : [];
}

const allowedMillis = ({ bytes }: FuzzedRequest): number => mostMillis * Math.ceil(bytes.length / unitBytes);

/** Counts an answer, and says what is wrong with it. */
function note({ byStatus, stored, target }: Run, request: FuzzedRequest, answer: RawAnswer): string | undefined {
  byStatus[answer.status] = (byStatus[answer.status] ?? 0) + 1;
  const problem = answerProblem(request, answer, target);
  if (problem !== undefined || answer.status !== 200 || request.body === undefined) return problem;
  const { Result: result, RequestId: id, FailedRecordCount: failed } = parsed(answer.body) ?? {};
  if (result !== 'Ok' || failed !== 0 || typeof id !== 'string') return `stored events are told by ${answer.body}`;
  const { events } = parsed(request.body.toString()) ?? {};
  if (!Array.isArray(events)) return 'what holds no events was taken';
  stored.set(id, events.length);
  return undefined;
}

function answerProblem(
  request: FuzzedRequest,
  { status, headers, body }: RawAnswer,
  target: FuzzTarget,
): string | undefined {
  const isParsers = headers['x-amzn-requestid'] === undefined && parserStatuses.has(status);
  if (isParsers && headers['connection'] === 'close') return undefined;
  const text = request.bytes.toString('latin1');
  if (text.includes('/_local/')) return status < 500 ? undefined : `answered ${status}: ${body}`;
  if (!statuses.has(status)) return `answered ${status}: ${body}`;
  const isHead = text.startsWith('HEAD ');
  if (status === 204 || status === 200 || status === 202 || isHead) return undefined;
  const isStage = new RegExp(`^[^ ]+ (http://[^/]*)?${target.stage}[/ ?]`).test(text);
  const said = parsed(body);
  if (!isStage) return said === undefined ? `answered ${status} with ${body}` : undefined;
  if (typeof said?.['error'] !== 'string' || typeof said['error_detail'] !== 'string')
    return `an error without its words: ${status} ${JSON.stringify(headers)} ${body}`;
  return headers['access-control-allow-origin'] === undefined ? 'an error without CORS' : undefined;
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The smallest request that is answered as wrongly. */
async function blame(request: FuzzedRequest, problem: string, connection: HttpConnection): Promise<BrokenContract> {
  connection.close();
  const kind = problem.slice(0, 12);
  const target: FuzzTarget = { host: '', stage: '' };
  const isSame = async (data: string): Promise<boolean> => {
    const again = { ...request, bytes: Buffer.from(data, 'base64'), body: undefined };
    const answers = await new HttpConnection(connection.url).sendLast(again.bytes);
    return answers.some((answer) => answerProblem(again, answer, target)?.startsWith(kind) === true);
  };
  const data = request.bytes.toString('base64');
  return new BrokenContract(
    { name: request.name, data },
    problem,
    (await isSame(data)) ? await shrink(data, isSame) : data,
  );
}

/**
 * Sends late requests again, one at a time: one that is late each time is too slow. What a request of no events takes just
 * before it is the machine's doing.
 */
async function checkTimes(run: Run, [sender]: readonly FuzzedSender[]): Promise<number> {
  let slowest = 0;
  for (const { request, connection } of run.late) {
    const allowed = allowedMillis(request);
    let best = Number.POSITIVE_INFINITY;
    for (let left = retries; left > 0 && best > allowed; left -= 1) {
      const usual = await millisOf(async () => void (await connection.send(idleRequest(sender!, run.target))));
      const took = await millisOf(async () => {
        for (const answer of await answersTo(request, connection)) note(run, request, answer);
      });
      best = Math.min(best, took - usual);
    }
    connection.close();
    slowest = Math.max(slowest, best);
    if (best > allowed) {
      const problem = `answered ${best.toFixed(0)} ms later than a request of no events at the least; ${allowed} are allowed`;
      throw new BrokenContract({ name: request.name, data: '' }, problem, request.bytes.toString('base64'));
    }
  }
  return slowest;
}

async function millisOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Looks for the rows of each request that was said to be stored; answers how many there are. */
async function checkStored({ endpoints, stored }: Run): Promise<number> {
  await flush(endpoints);
  const sql = `SELECT json_extract_scalar(metadata, '$.request_id') AS id, count(*) AS n FROM raw_events GROUP BY 1`;
  const { json } = await callLocal(endpoints, 'POST', '/_local/query', { sql });
  const { rows = [] } = json as { readonly rows?: readonly (readonly string[])[] };
  const found = new Map(rows.map(([id = '', n]) => [id, Number(n)]));
  let events = 0;
  for (const [id, count] of stored) {
    if ((found.get(id) ?? 0) !== count)
      throw new Error(`request ${id} brought ${count} events; ${found.get(id) ?? 0} rows are kept`);
    events += count;
  }
  const unknown = rows.filter(([id = '']) => !stored.has(id));
  if (unknown.length > 0) throw new Error(`${unknown.length} requests are kept that were not answered 200`);
  return events;
}
