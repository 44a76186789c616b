import { describe, expect, it } from 'vitest';
import type { ExecutionState } from '../../../business-logic/api-reports/report-engine.ts';
import { aReport, aReportsApi, anEngine, finished, publisher, studio } from './a-reports-api.ts';

const running: ExecutionState = { status: 'running' };
const pathOf = (link: string) => link.replace(/^\/live/, '');

describe('the list of reports', () => {
  it('says what a caller may give, and not what the token gives', async () => {
    const { status, json } = await aReportsApi().call('/studio');
    expect([status, json]).toEqual([
      200,
      {
        reports: [
          {
            name: 'own-games',
            description: 'Games of the studio',
            grain: 'one row per game',
            parameters: [{ name: 'from_date', type: 'date', required: false, default: 'current_date' }],
            columns: [{ name: 'game_id' }, { name: 'active', note: 'registered and open' }],
            sql: 'SELECT of own-games',
          },
        ],
      },
    ]);
  });

  it('takes no parameters', async () => {
    expect(await aReportsApi().call('/studio?from_date=2026-01-01')).toMatchObject({ status: 400 });
  });
});

describe('a report', () => {
  it('answers rows with their types, its cost, and no link where there are no more', async () => {
    const { engine, runs } = anEngine([
      ['game-1', '3'],
      ['game-2', null],
    ]);
    const { status, json, headers } = await aReportsApi({ engine }).call(
      '/studio?report=own-games&from_date=2026-02-01',
    );
    expect(status).toBe(200);
    expect(json).toEqual({
      report: 'own-games',
      columns: [
        { name: 'game_id', type: 'varchar' },
        { name: 'active', type: 'bigint' },
      ],
      rows: [
        { game_id: 'game-1', active: 3 },
        { game_id: 'game-2', active: null },
      ],
      meta: {
        scannedBytes: 20_000_000,
        milliseconds: 5,
        reused: false,
        costLine: '20,000,000 bytes scanned: about $0.00010 on Athena ($5 per TB, at least 10 MB a query)',
      },
    });
    expect(headers).toMatchObject({
      'Cache-Control': 'no-store',
      'X-Report-Cost': expect.stringContaining('$0.00010'),
    });
    expect(runs).toEqual([
      {
        report: expect.objectContaining({ name: 'own-games' }),
        values: { studio_id: 'alpha', from_date: '2026-02-01' },
      },
    ]);
  });

  it('takes the studio from the token, whatever the caller says', async () => {
    const { engine, runs } = anEngine();
    const { call } = aReportsApi({ engine });
    for (const studioId of ['beta', 'alpha', '']) {
      const { status, json } = await call(`/studio?report=own-games&studio_id=${studioId}`);
      expect([status, json.error_detail]).toEqual([400, expect.stringContaining('the one of the token')]);
    }
    await call('/studio?report=own-games', studio("x' OR '1'='1"));
    expect(runs.map(({ values }) => values)).toEqual([{ studio_id: "x' OR '1'='1" }]);
  });

  it.each([
    ['an unknown report', 'report=other', /there is no report .* own-games/],
    ['two reports', 'report=own-games&report=own-games', /"report" is given 2 times/],
    ['a parameter twice', 'report=own-games&from_date=2026-01-01&from_date=2026-01-02', /given 2 times/],
    ['a parameter that looks like an array', 'report=own-games&from_date[]=2026-01-01', /no parameter "from_date\[\]"/],
    ['another case of a name', 'report=own-games&From_Date=2026-01-01', /no parameter/],
    ['an unknown parameter', 'report=own-games&__proto__=1', /no parameter "__proto__"; it has from_date/],
    ['a value of another type', 'report=own-games&from_date=current_date', /is no date; expected YYYY-MM-DD/],
    ['a date that is none', 'report=own-games&from_date=2026-02-30', /is no date/],
    ['no limit', 'report=own-games&limit=0', /from 1 to 1000/],
    ['a limit beyond the most', 'report=own-games&limit=1001', /from 1 to 1000/],
    ['a limit in words', 'report=own-games&limit=1e2', /from 1 to 1000/],
    ['a wait beyond the gateway', 'report=own-games&wait=25', /from 0 to 20/],
  ])('refuses %s with 400, and runs nothing', async (_what, query, words) => {
    const { engine, runs } = anEngine();
    const { status, json } = await aReportsApi({ engine }).call(`/studio?${query}`);
    expect([status, json.error, json.error_detail]).toEqual([400, 'InvalidRequest', expect.stringMatching(words)]);
    expect(runs).toEqual([]);
  });

  it('refuses a missing parameter, and a text that Athena takes in no parameter', async () => {
    const reports = [aReport({ parameters: [{ name: 'title', type: 'varchar' }] })];
    const { call } = aReportsApi({ reports });
    expect((await call('/studio?report=own-games')).json.error_detail).toContain('needs the parameter title (varchar)');
    expect((await call(`/studio?report=own-games&title=${'a'.repeat(1_022)}`)).status).toBe(200);
    expect((await call(`/studio?report=own-games&title=${'a'.repeat(1_023)}`)).status).toBe(400);
    expect((await call(`/studio?report=own-games&title=${"'".repeat(512)}`)).status).toBe(400);
    expect((await call('/studio?report=own-games&title=%00')).status).toBe(400);
  });

  it('is for its audience alone, even where the gateway let a caller pass', async () => {
    const game = { application_id: 'game-1', api_key_id: 'key', role: 'game' };
    const { role: _role, ...nobody } = publisher;
    for (const caller of [
      publisher,
      game,
      nobody,
      { ...publisher, role: 'studio' },
      { ...studio(''), studio_id: '' },
    ]) {
      for (const path of ['/studio', '/studio?report=own-games', '/studio/results/x.y']) {
        expect((await aReportsApi().call(path, caller)).status, `${path} ${JSON.stringify(caller)}`).toBe(403);
      }
    }
    const { call } = aReportsApi({ audience: 'publisher', reports: [aReport({ parameters: [] })] });
    expect((await call('/rg-owner?report=own-games', publisher)).status).toBe(200);
    expect((await call('/rg-owner?report=own-games', studio('alpha'))).status).toBe(403);
  });

  it('says nothing of why it failed: the reason may quote rows of others', async () => {
    const { engine } = anEngine([], [running, { status: 'failed' }]);
    const { call, logged } = aReportsApi({ engine });
    const { status, text } = await call('/studio?report=own-games');
    expect(status).toBe(500);
    expect(text).not.toContain('execution-1');
    expect(JSON.stringify(logged)).not.toContain('alpha');
  });

  it('that would read too much is refused in words that help', async () => {
    const { engine } = anEngine([], [{ status: 'too large' }]);
    const { status, json } = await aReportsApi({ engine }).call('/studio?report=own-games');
    expect([status, json.error_detail]).toEqual([400, expect.stringContaining('fewer days')]);
  });
});

describe('a report that takes long', () => {
  it('waits within the time of the gateway, then answers 202 with a link under which the rows come', async () => {
    const states = Array.from({ length: 40 }, () => running);
    const { engine, runs } = anEngine([['game-1', '3']], [...states, finished]);
    const { call, clock } = aReportsApi({ engine });
    const first = await call('/studio?report=own-games');
    expect(first.status).toBe(202);
    expect(clock.slept).toBe(20_000);
    expect(first.json).toEqual({ status: 'running', report: 'own-games', link: first.headers['Location'] });
    expect(first.json.link).toMatch(/^\/live\/studio\/results\/[\w-]+\.[\w-]+$/);

    const second = await call(pathOf(first.json.link));
    expect(second.status).toBe(200);
    expect(second.json.rows).toEqual([{ game_id: 'game-1', active: 3 }]);
    expect(runs).toHaveLength(1);
  });

  it('is not waited for by whoever asks so', async () => {
    const { engine } = anEngine([], [running]);
    const { call, clock } = aReportsApi({ engine });
    expect((await call('/studio?report=own-games&wait=0')).status).toBe(202);
    expect(clock.slept).toBe(0);
  });
});

it('links and cost may be read by pages of an allowed origin', async () => {
  const { headers } = await aReportsApi().call('/studio?report=own-games');
  const exposed = String(headers['Access-Control-Expose-Headers']).split(',');
  expect(exposed).toEqual(expect.arrayContaining(['Retry-After', 'Location', 'Link', 'X-Report-Cost']));
});

describe('pages', () => {
  const rows = Array.from({ length: 5 }, (_, index) => [`game-${index}`, String(index)]);

  it('follow each other by links, and give every row once', async () => {
    const { call } = aReportsApi({ engine: anEngine(rows).engine });
    const seen: string[] = [];
    let path: string | undefined = '/studio?report=own-games&limit=2';
    for (let pages = 0; path !== undefined; pages += 1) {
      expect(pages).toBeLessThan(3);
      const { json, headers } = await call(path);
      seen.push(...json.rows.map(({ game_id }: { game_id: string }) => game_id));
      expect(headers['Link']).toBe(json.next === undefined ? undefined : `<${json.next}>; rel="next"`);
      path = json.next === undefined ? undefined : pathOf(json.next);
    }
    expect(seen).toEqual(rows.map(([id]) => id));
  });

  it('lead nowhere for others, when changed, when over, and to another secret: one and the same 404', async () => {
    const { call, clock } = aReportsApi({ engine: anEngine(rows).engine });
    const { json } = await call('/studio?report=own-games&limit=2');
    const next = pathOf(json.next).replace(/\?.*/, '');
    const id = next.replace('/studio/results/', '');
    const [payload = '', signature = ''] = id.split('.');
    const other = Buffer.from(payload, 'base64url').toString().replace('alpha', 'beta');
    const forged = Buffer.from(other).toString('base64url');

    const answers = [
      await call(next, studio('beta')),
      await call(`/studio/results/${forged}.${signature}`, studio('beta')),
      ...(await Promise.all(
        [
          'x',
          'x.y',
          payload,
          `${payload}.`,
          `.${signature}`,
          `${id}.x`,
          `${payload}.${signature.slice(0, -2)}`,
          'execution-1',
        ]
          .concat([`${payload}.${'A'.repeat(signature.length)}`, `${id}${'a'.repeat(5_000)}`])
          .map((one) => call(`/studio/results/${one}`)),
      )),
    ];
    expect((await call(next)).status).toBe(200);
    clock.now += 3_600_000;
    answers.push(await call(next));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set(['404 {"error":"NotFound","error_detail":"there is no result under this id"}']),
    );
    expect((await call(`${next}?report=own-games`)).status).toBe(400);
  });

  it('of the publisher are no pages of a studio', async () => {
    const api = aReportsApi({
      audience: 'publisher',
      reports: [aReport({ audience: 'publisher', parameters: [] })],
      engine: anEngine(rows).engine,
    });
    const { json } = await api.call('/rg-owner?report=own-games&limit=2', publisher);
    const id = pathOf(json.next).replace(/\?.*/, '').replace('/rg-owner', '');
    expect((await api.call(`/rg-owner${id}`, publisher)).status).toBe(200);
    expect((await aReportsApi().call(`/studio${id}`)).status).toBe(404);
  });
});
