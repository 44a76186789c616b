import { randomUUID } from 'node:crypto';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenRoutes } from '../../lib/api/token-routes.ts';
import { aStudio, type Studio } from '../support/a-studio.ts';
import { createRoleToken, setEnabled, type Game } from '../support/admin-client.ts';
import { assemblyDir } from '../support/assembly-dir.ts';
import { askAthena } from '../support/athena-client.ts';
import { rawRequest } from '../support/raw-request.ts';
import { askForReport, callWithToken } from '../support/reports-client.ts';
import { runWorkflow } from '../support/run-workflow.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { flush, postEvents } from '../support/send-events.ts';

/**
 * What stands in data of the second studio alone: its name in every text, an amount and the sum of it, a currency and a
 * country. Whole words, since keys and ids are made of any letters.
 */
const foreign = /bravo|7771\.25|23313\.75|\bXTS\b|\bBV\b/;

interface Listed {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
}

interface Seen {
  readonly what: string;
  readonly status: number;
  readonly text: string;
}

let pipeline: RunningPipeline;
/** For what is asked of one engine alone. */
export const runningPipeline = (): RunningPipeline => pipeline;
/** So long after the workflow's run earlier results are used again, which spares most reports that are asked for twice. */
const afterRun = 2 * 60_000;
/** The server's clock before ours, in milliseconds. */
let ahead = 0;
let publisher: string;
/** Who attacks, and who is attacked. */
let alpha: Studio;
let bravo: Studio;
let reports: readonly Listed[];
let publisherReports: readonly Listed[];

beforeAll(async () => {
  pipeline = await runPipeline({ assemblyDir: assemblyDir(), clock: () => Date.now() + ahead });
  const { endpoints } = pipeline;
  publisher = await createRoleToken(endpoints);
  alpha = await aStudio(endpoints, publisher, 'alpha', { players: 2, amount: 1.5, currency: 'EUR', country: 'NO' });
  bravo = await aStudio(endpoints, publisher, 'bravo', { players: 3, amount: 7771.25, currency: 'XTS', country: 'BV' });
  await flush(endpoints);
  await runWorkflow(endpoints);
  ahead = afterRun;
  reports = await listReports('/studio', alpha.token);
  publisherReports = await listReports('/rg-owner', publisher);
});

afterAll(() => pipeline?.remove());

async function listReports(root: string, token: string): Promise<readonly Listed[]> {
  const { json } = await askForReport(pipeline.endpoints, token, root);
  return (json as { readonly reports: readonly Listed[] }).reports;
}

/** Some at a time: one after the other would take minutes, all at once the machine. */
async function inTurns<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const left = items.entries();
  const worker = async () => {
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return results;
}

const call = (token: string, method: string, path: string, body?: unknown) =>
  callWithToken(pipeline.endpoints, token, method, path, body === undefined ? {} : { body });

/** Calls with the attacker's token, to whatever answer. */
async function attack(method: string, path: string, body?: unknown): Promise<Seen> {
  const { status, text } = await call(alpha.token, method, path, body);
  return { what: `${method} ${path}`, status, text };
}

/** Answers with something of the second studio in them, but for what the attacker sent and an error repeats. */
const leaks = (answers: readonly Seen[], sent: readonly string[] = []): readonly string[] =>
  answers
    .filter(({ status, text }) => foreign.test(status === 200 ? text : sent.reduce(withoutText, text)))
    .map(({ what, status, text }) => `${what}: ${status} ${text}`);

const withoutText = (text: string, sent: string): string => text.replaceAll(JSON.stringify(sent).slice(1, -1), '');

const statuses = (answers: readonly Seen[]): readonly number[] =>
  [...new Set(answers.map(({ status }) => status))].toSorted((one, two) => one - two);

const pathOf = (report: string, parameters: Readonly<Record<string, string>> = {}): string =>
  `/studio?${new URLSearchParams({ report, ...parameters }).toString()}`;

describe('the test itself', () => {
  it('would see a leak: every report shows values of the second studio to its owner', async () => {
    const answers = await inTurns(reports, ({ name }) => call(bravo.token, 'GET', pathOf(name)));
    expect(reports).toHaveLength(12);
    expect(answers.map(({ status, text }) => [status, foreign.test(text)])).toEqual(reports.map(() => [200, true]));
    const own = await inTurns(reports, ({ name }) => attack('GET', pathOf(name)));
    expect(own.map(({ status, text }) => [status, text.includes('alpha')])).toEqual(reports.map(() => [200, true]));
    expect(leaks(own)).toEqual([]);
  });
});

describe("a studio's token", () => {
  it('gets nothing of the other by any value of any parameter', async () => {
    const texts = [
      'bravo-game-1',
      "x' OR '1'='1",
      'current_user',
      '(SELECT max(game_id) FROM games)',
      '%',
      'bravo%',
      '_ravo-game-1',
      '*',
      "%' OR studio_id = 'bravo-studio' --",
      "'; SELECT * FROM players; --",
      "' || (SELECT max(game_id) FROM games) || '",
      '?',
      '\\',
      '%" OR "1"="1',
    ];
    const others = [
      '0001-01-01',
      '9999-12-31',
      '9999-12-31 23:59:59.999',
      "2026-01-01' OR '1'='1",
      'current_date',
      "DATE '2026-01-01'",
      '(SELECT max(event_date) FROM events)',
      "2026-01-01'::text || (SELECT max(name) FROM games)",
      'NaN',
      '',
    ];
    // The first of them for every parameter that takes text, each of the others for some.
    const textsFor = (at: number) => texts.filter((_text, index) => index < 4 || index % reports.length === at);
    // The first three are dates and moments, if strange ones: they are asked for.
    const othersFor = (at: number) => others.filter((_text, index) => index > 2 || index === at % 3);
    const paths = reports.flatMap(({ name, parameters }, at) =>
      parameters.flatMap((parameter) =>
        (parameter.type === 'varchar' ? textsFor(at) : othersFor(at)).map((value) =>
          pathOf(name, { [parameter.name]: value }),
        ),
      ),
    );
    const answers = await inTurns(paths, (path) => attack('GET', path));
    expect(leaks(answers, [...texts, ...others])).toEqual([]);
    // A wrong value is refused, a strange one finds nothing: none of them breaks a query.
    expect(statuses(answers)).toEqual([200, 400]);
    const injected = answers.filter(({ what }) => /OR\+|SELECT|current_/.test(what));
    expect(injected.length).toBeGreaterThan(50);
    const withRows = injected.filter(
      ({ status, text }) => status === 200 && (JSON.parse(text) as { rows: unknown[] }).rows.length > 0,
    );
    expect(withRows.map(({ what }) => what)).toEqual([]);
  });

  it('is bound to its studio, in whatever form another one is named', async () => {
    const forms = [
      'studio_id=bravo-studio',
      'studio_id=alpha-studio&studio_id=bravo-studio',
      'studio_id[]=bravo-studio',
      'studio_id[0]=bravo-studio',
      'studio_id%00=bravo-studio',
      'STUDIO_ID=bravo-studio',
      'studio_id.eq=bravo-studio',
      'studioId=bravo-studio',
      'game_id=alpha-game-1&game_id=bravo-game-1',
      'game_id[]=bravo-game-1',
      'report=studio-players&report=title-popularity',
      'limit=1&limit=1000',
      '__proto__[studio_id]=bravo-studio',
      'constructor=bravo-studio',
    ];
    const paths = reports.flatMap(({ name }) => forms.map((form) => `/studio?report=${name}&${form}`));
    const answers = await inTurns(paths, (path) => attack('GET', path));
    expect(statuses(answers)).toEqual([400]);
    expect(leaks(answers, ['bravo-studio', 'bravo-game-1'])).toEqual([]);
    const { status, json } = await callWithToken(pipeline.endpoints, alpha.token, 'GET', pathOf('studio-players'), {
      headers: { 'X-Studio-Id': 'bravo-studio', studio_id: 'bravo-studio', 'X-Amz-Security-Token': bravo.token },
    });
    expect([status, leaks([{ what: 'headers', status, text: JSON.stringify(json) }])]).toEqual([200, []]);
  });

  it("does not run the publisher's reports, nor others by their names", async () => {
    const names = [
      ...publisherReports.map(({ name }) => name),
      'events-per-day',
      '../title-popularity',
      '%',
      "' OR 1=1",
    ];
    const answers = await inTurns(names, (name) => attack('GET', pathOf(name)));
    expect(statuses(answers)).toEqual([400]);
    expect(leaks(answers)).toEqual([]);
    const direct = await inTurns(names, (name) => attack('GET', `/rg-owner?${new URLSearchParams({ report: name })}`));
    expect(statuses(direct)).toEqual([403]);
    expect(leaks(direct)).toEqual([]);
  });

  it('exports nothing of the other either', async () => {
    const csv = await inTurns(reports, async ({ name }) => {
      const headers = { Accept: 'text/csv' };
      const { status, text } = await callWithToken(pipeline.endpoints, alpha.token, 'GET', pathOf(name), { headers });
      return { what: `${name} as CSV`, status, text };
    });
    const parquet = await inTurns(reports, async ({ name }) => {
      const headers = { Authorization: alpha.token, Accept: 'application/vnd.apache.parquet' };
      const response = await fetch(pipeline.endpoints.apiUrl + pathOf(name), { headers });
      const rows = await parquetReadObjects({ file: await response.arrayBuffer(), compressors });
      const text = JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
      return { what: `${name} as Parquet`, status: response.status, text };
    });
    expect(statuses([...csv, ...parquet])).toEqual([200]);
    expect([...csv, ...parquet].filter(({ text }) => !text.includes('alpha'))).toEqual([]);
    expect(leaks([...csv, ...parquet])).toEqual([]);
  });

  it('gets 403 on every route and method but its own', async () => {
    const [game] = bravo.games;
    const paths = [
      ...Object.keys(tokenRoutes),
      '/applications',
      `/applications/${game!.applicationId}`,
      `/applications/${game!.applicationId}/events`,
      `/applications/${game!.applicationId}/authorizations`,
      `/applications/${game!.applicationId}/authorizations/${game!.apiKeyId}`,
      '/applications/_accounts/authorizations',
      '/applications/_accounts/events',
      '/applications/alpha-game-1/events',
    ];
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
    const own = new Set(['GET /studio', 'GET /studio/results/{resultId}', 'POST /studio/unregistrations']);
    const calls = paths
      .flatMap((path) => methods.map((method) => [method, path] as const))
      .filter(([method, path]) => !own.has(`${method} ${path}`));
    const answers = await inTurns(calls, ([method, path]) =>
      attack(method, path.replace('{resultId}', 'x.y'), ['GET', 'HEAD'].includes(method) ? undefined : { events: [] }),
    );
    expect(answers.filter(({ status }) => status !== 403)).toEqual([]);
    expect(leaks(answers, [game!.applicationId, game!.apiKeyId])).toEqual([]);
  });

  it('comes to no other route by tricks in the path', async () => {
    const stage = new URL(pipeline.endpoints.apiUrl).pathname;
    const tricks = [
      '/studio/../rg-owner?report=title-popularity',
      '/studio/%2e%2e/rg-owner?report=title-popularity',
      '/studio/results/../../rg-owner?report=title-popularity',
      '/studio/results/..%2f..%2frg-owner?report=title-popularity',
      '/studio/results/%2e%2e%2f%2e%2e%2frg-owner',
      '//rg-owner?report=title-popularity',
      '/rg-owner/?report=title-popularity',
      '/rg-owner%2f?report=title-popularity',
      '/rg-owner;/studio?report=title-popularity',
      '/RG-OWNER?report=title-popularity',
      '/studio/results/rg-owner/results/x',
      '/studio/unregistrations/../../rg-owner',
      '/studio%00/../rg-owner',
      '/studio/results/%00',
      '/studio/results/bravo-studio',
      '/studio/bravo-studio?report=studio-players',
    ];
    const answers = await inTurns(tricks, async (trick) => {
      const { status, text } = await rawRequest(pipeline.endpoints, 'GET', stage + trick, {
        Authorization: alpha.token,
      });
      return { what: trick, status, text };
    });
    expect(answers.filter(({ status }) => ![400, 403, 404].includes(status))).toEqual([]);
    expect(leaks(answers, ['bravo-studio'])).toEqual([]);
  });

  it('unregisters nobody from the games of the other, and learns not even whether they exist', async () => {
    const bodies = [
      { player_id: 'bravo-player-1', game_ids: ['bravo-game-1'] },
      { player_id: 'alpha-player-1', game_ids: ['alpha-game-1', 'bravo-game-1'] },
      { player_id: 'bravo-player-1', game_ids: ['no-such-game'] },
      { player_id: 'bravo-player-1', game_ids: ['_accounts'] },
    ];
    const answers = await inTurns(bodies, (body) => attack('POST', '/studio/unregistrations', body));
    const told = new Set(answers.slice(0, 3).map(({ status, text }) => `${status} ${text}`));
    expect([...told]).toHaveLength(1);
    expect(answers[0]!.status).toBe(404);
    expect([400, 404]).toContain(answers[3]!.status);
    expect(leaks(answers, ['bravo-game-1', 'bravo-player-1'])).toEqual([]);
    const odd = await inTurns(
      [
        { player_id: "x' OR '1'='1", game_ids: ["x' OR '1'='1"] },
        { player_id: 'p', game_ids: '%' },
        { studio_id: 'bravo-studio' },
      ],
      (body) => attack('POST', '/studio/unregistrations', body),
    );
    expect(odd.filter(({ status }) => ![400, 404].includes(status))).toEqual([]);
  });
});

/** The id behind which the second row of a report begins. */
const nextOf = async (token: string, root: string, query: Readonly<Record<string, string>>) => {
  const { json } = await askForReport(pipeline.endpoints, token, root, { ...query, limit: '1' });
  return (json as { readonly next: string }).next.replace(/^.*\/results\/|\?.*$/g, '');
};

describe('ids of results', () => {
  it('of the other studio, of the publisher, of no one, changed or over are all one 404', async () => {
    const theirs = await nextOf(bravo.token, '/studio', { report: 'studio-players' });
    const own = await nextOf(alpha.token, '/studio', { report: 'studio-players' });
    const publishers = await nextOf(publisher, '/rg-owner', { report: 'title-popularity' });
    const [payload = '', signature = ''] = theirs.split('.');
    const content = Buffer.from(payload, 'base64url').toString();
    const renamed = Buffer.from(content.replace('bravo-studio', 'alpha-studio')).toString('base64url');
    const [ownPayload = '', ownSignature = ''] = own.split('.');
    const executionId = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(content)![0];
    const swapped = Buffer.from(
      Buffer.from(ownPayload, 'base64url')
        .toString()
        .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, executionId),
    ).toString('base64url');
    const ids = [
      theirs,
      publishers,
      `${renamed}.${signature}`,
      `${renamed}.${ownSignature}`,
      `${swapped}.${ownSignature}`,
      `${payload}.${ownSignature}`,
      executionId,
      `${executionId}.${ownSignature}`,
      `${own}x`,
      `${own}.${own}`,
      'x'.repeat(6_000),
    ];
    const answers = await inTurns(ids, (id) => attack('GET', `/studio/results/${id}`));
    expect((await attack('GET', `/studio/results/${own}`)).status).toBe(200);
    expect((await call(bravo.token, 'GET', `/studio/results/${theirs}`)).text).toMatch(foreign);
    expect((await attack('GET', `/rg-owner/results/${publishers}`)).status).toBe(403);

    ahead += 61 * 60_000;
    answers.push(await attack('GET', `/studio/results/${own}`));
    ahead = afterRun;
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['404 {"error":"NotFound","error_detail":"there is no result under this id"}']),
    );
  });
});

describe("the authorizer's cached answers", () => {
  it('are good for the routes of the token alone, whichever was called first', async () => {
    const fresh = await createRoleToken(pipeline.endpoints, 'alpha-studio');
    const own = pathOf('studio-players');
    const order = ['/rg-owner', own, '/rg-owner?report=title-popularity', own, '/applications/bravo-game-1/events'];
    const answers: Seen[] = [];
    for (const path of order) {
      const { status, text } = await call(fresh, 'GET', path);
      answers.push({ what: path, status, text });
    }
    expect(answers.map(({ status }) => status)).toEqual([403, 200, 403, 200, 403]);
    expect(leaks(answers)).toEqual([]);
  });

  it('of a token that is disabled meanwhile show what they showed, and nothing once they are over', async () => {
    const token = await createRoleToken(pipeline.endpoints, 'alpha-studio');
    const game: Game = { applicationId: '_accounts', apiKeyId: keyIdOf(token), token };
    const read = () => call(token, 'GET', pathOf('studio-players'));
    expect((await read()).status).toBe(200);
    await setEnabled(pipeline.endpoints, game, false);
    const { status, text } = await read();
    expect([status, leaks([{ what: 'stale', status, text }])]).toEqual([200, []]);
    ahead += 61 * 60_000;
    expect((await read()).status).toBe(403);
    const body = { player_id: 'alpha-player-1', game_ids: ['alpha-game-1'] };
    expect((await call(token, 'POST', '/studio/unregistrations', body)).status).toBe(403);
    ahead = afterRun;
  });
});

/** The key id within a token. */
const keyIdOf = (token: string): string => token.split('_')[1]!;

/** An event about a player of the second studio. */
const event = (event_type: string, event_data: object, more: object = {}) => ({
  event_id: randomUUID(),
  event_type,
  event_timestamp: Math.floor(Date.now() / 1000),
  player_id: 'bravo-player-1',
  event_data,
  ...more,
});

describe("a game client's token", () => {
  it('gets 403 on every path of reports and accounts, whatever the report', async () => {
    const paths = [
      ...Object.entries(tokenRoutes).map(([path, { method }]) => [method, path.replace('{resultId}', 'x.y')] as const),
      ...[...reports, ...publisherReports].flatMap(({ name }) =>
        ['/studio', '/rg-owner'].map((root) => ['GET', `${root}?report=${name}`] as const),
      ),
      ['POST', '/applications/_accounts/events'] as const,
      ['POST', '/applications/bravo-game-1/events'] as const,
    ];
    const [client] = alpha.games;
    const answers = await inTurns(paths, async ([method, path]) => {
      const { status, text } = await call(client!.token, method, path, method === 'POST' ? { events: [] } : undefined);
      return { what: `${method} ${path}`, status, text };
    });
    expect(answers.filter(({ status }) => status !== 403)).toEqual([]);
    expect(leaks(answers)).toEqual([]);
  });

  it('opens and closes nobody’s account: such events of its own are kept as not permitted', async () => {
    const { endpoints } = pipeline;
    const accounts = () =>
      askAthena(endpoints, 'SELECT player_id, account_start_at, account_end_at FROM players ORDER BY 1');
    const registrations = () =>
      askAthena(endpoints, 'SELECT player_id, game_id, subscription_end_at FROM player_games ORDER BY 1, 2');
    const before = [await accounts(), await registrations()];
    expect(before.map((rows) => rows.length)).toEqual([5, 10]);

    const created = { user_id: 'me', player_name: 'Intruder' };
    const events = [
      event('account_created', created, { player_id: 'intruder' }),
      event('account_closed', {}),
      event('game_registered', { game_id: 'alpha-game-1' }),
      event('game_unregistered', { game_id: 'bravo-game-1', studio_id: 'bravo-studio' }),
      event('studio_registered', { studio_id: 'bravo-studio', studio_name: 'Mine' }),
      event('game_published', { game_id: 'bravo-game-1', game_name: 'Mine', studio_id: 'alpha-studio' }),
      event('account_closed', {}, { application_id: '_accounts', role: 'publisher', api_key_id: 'x' }),
    ];
    expect((await postEvents(endpoints, alpha.games[0]!, events)).status).toBe(200);
    await flush(endpoints);
    await runWorkflow(endpoints);

    const kept = await askAthena(
      endpoints,
      `SELECT event_type, reason, count(*) AS events FROM rejected_events
       WHERE application_id = 'alpha-game-1' AND event_type <> 'level_started' GROUP BY 1, 2 ORDER BY 1`,
    );
    expect(kept.map(({ event_type, reason, events: count }) => [event_type, reason, count])).toEqual([
      ['account_closed', 'not_permitted', '2'],
      ['account_created', 'not_permitted', '1'],
      ['game_published', 'not_permitted', '1'],
      ['game_registered', 'not_permitted', '1'],
      ['game_unregistered', 'not_permitted', '1'],
      ['studio_registered', 'not_permitted', '1'],
    ]);
    expect([await accounts(), await registrations()]).toEqual(before);
    const { text } = await askForReport(endpoints, publisher, '/rg-owner', { report: 'title-popularity' });
    expect(text).toContain('The bravo-game-1');
    expect(text).not.toContain('Mine');
  });
});
