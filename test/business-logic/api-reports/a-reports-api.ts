import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { ReportsDeps } from '../../../business-logic/api-reports/action.ts';
import type { Report } from '../../../business-logic/api-reports/report.ts';
import type { ExecutionState, ReportEngine, ReportRun } from '../../../business-logic/api-reports/report-engine.ts';
import { resultLinks } from '../../../business-logic/api-reports/result-links.ts';
import { routesFor } from '../../../business-logic/api-reports/routes.ts';
import { answerRequest } from '../../../business-logic/shared/http/answer-request.ts';

/** A report over a studio's games, as synth makes it of its file. */
export const aReport = (changes: Partial<Report> = {}): Report => ({
  name: 'own-games',
  description: 'Games of the studio',
  grain: 'one row per game',
  audience: 'studio',
  parameters: [
    { name: 'studio_id', type: 'varchar', bound: true },
    { name: 'from_date', type: 'date', default: 'current_date' },
    { name: 'from_date', type: 'date', default: 'current_date' },
  ],
  columns: [{ name: 'game_id' }, { name: 'active', note: 'registered and open' }],
  isRestricted: false,
  readsRaw: false,
  sha256: '00',
  ...changes,
});

export const finished: ExecutionState = {
  status: 'succeeded',
  statistics: { scannedBytes: 20_000_000, milliseconds: 5, isReused: false },
};

/** An engine that answers what a test says, and remembers what it was asked. */
export function anEngine(rows: readonly (readonly (string | null)[])[] = [['game-1', '3']], states = [finished]) {
  const runs: ReportRun[] = [];
  const left = [...states];
  const engine: ReportEngine = {
    start: async (run) => {
      runs.push(run);
      return `execution-${runs.length}`;
    },
    texts: async (reports) => new Map(reports.map(({ name }) => [name, `SELECT of ${name}`])),
    state: async () => (left.length > 1 ? left.shift()! : left[0]!),
    page: async (_id, limit, start) => {
      const first = Number(start ?? 0);
      const next = first + limit < rows.length ? { next: String(first + limit) } : {};
      const columns = [
        { name: 'game_id', type: 'varchar' },
        { name: 'active', type: 'bigint' },
      ];
      return { columns, rows: rows.slice(first, first + limit), ...next };
    },
  };
  return { engine, runs };
}

export type AnApi = ReturnType<typeof aReportsApi>;

/** The reports API of one audience over an engine, with a clock that only sleeping and the test move. */
export function aReportsApi(overrides: Partial<ReportsDeps> = {}) {
  const clock = { now: Date.UTC(2026, 2, 1, 12), slept: 0 };
  const logged: unknown[] = [];
  const log = (...args: unknown[]) => void logged.push(args);
  const now = () => clock.now;
  const audience = overrides.audience ?? 'studio';
  const handler = answerRequest<ReportsDeps>({
    routes: routesFor(audience),
    audience,
    reports: [aReport({ audience })],
    engine: anEngine().engine,
    links: resultLinks(async () => 'a secret', now),
    now,
    sleep: async (milliseconds) => {
      clock.now += milliseconds;
      clock.slept += milliseconds;
    },
    corsOrigins: ['*'],
    logger: { info: log, error: log },
    ...overrides,
  });

  /** Calls a path below the root of the audience, with a token's context. */
  async function call(path: string, as: Caller = studio('alpha'), headers: Record<string, string> = {}) {
    const { statusCode, headers: answered = {}, body, isBase64Encoded } = await handler(aRequest(path, as, headers));
    const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('latin1') : body;
    const json = answered['Content-Type'] === 'application/json' ? JSON.parse(body) : undefined;
    return { status: statusCode, headers: answered, text, json, isBase64Encoded: isBase64Encoded === true, body };
  }
  return { call, clock, logged };
}

/** What the authorizer hands on. */
type Caller = Readonly<Record<string, string>>;

const token = { application_id: '_accounts', api_key_id: 'key' };
export const studio = (studio_id: string): Caller => ({ ...token, role: 'studio', studio_id });
export const publisher: Caller = { ...token, role: 'publisher' };

function aRequest(path: string, authorizer: Caller, headers: Record<string, string>): APIGatewayProxyEvent {
  const url = new URL(path, 'http://gateway');
  const [, root = '', , resultId] = url.pathname.split('/');
  const names = [...new Set(url.searchParams.keys())];
  return {
    httpMethod: 'GET',
    resource: resultId === undefined ? `/${root}` : `/${root}/results/{resultId}`,
    path: url.pathname,
    pathParameters: resultId === undefined ? null : { resultId },
    multiValueQueryStringParameters: Object.fromEntries(names.map((name) => [name, url.searchParams.getAll(name)])),
    body: null,
    headers,
    requestContext: { requestId: 'request-1', path: `/live${url.pathname}`, authorizer },
  } as unknown as APIGatewayProxyEvent;
}
