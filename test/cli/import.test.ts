import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImportProgram } from '../../cli/import-program.ts';
import { startFakeApi, type FakeAnswer, type FakeApi, type FakeRequest } from '../support/fake-api.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';

const changedAt = new Date('2026-01-02T03:04:05Z');
const ok = (request: FakeRequest): FakeAnswer => {
  const records = JSON.parse(request.body) as unknown[];
  return { status: 200, body: JSON.stringify({ Result: 'Ok', Records: records.length, Events: 2 * records.length }) };
};

let folder: string;
let api: FakeApi;
let answer: (request: FakeRequest, index: number) => FakeAnswer;
let lines: string[];

beforeEach(async () => {
  folder = await temporaryFolder('import');
  lines = [];
  answer = ok;
  api = await startFakeApi((request, index) => answer(request, index));
});
afterEach(() => Promise.all([api.close(), removeFolder(folder)]));

function aFile(name: string, text: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  utimesSync(file, changedAt, changedAt);
  return file;
}

async function run(file: string, ...words: string[]): Promise<void> {
  const target = ['--api-url', `${api.url}/live`, '--token', 'plk_x'];
  const program = createImportProgram((line) => lines.push(line));
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput({ writeErr: () => {} });
  await program.parseAsync(['node', 'import', 'accounts', file, ...target, ...words]);
}

const sent = () => api.requests.flatMap(({ body }) => JSON.parse(body) as Record<string, unknown>[]);
const rejectsOf = (file: string) =>
  readFileSync(`${file}.rejects.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly line: number; readonly reasons: readonly string[] });

describe('npm run import -- accounts', () => {
  it('sends JSON lines as they are, each at the time of the file where it has none of its own', async () => {
    const first = { player_id: 'p1', user_id: 'u1', player_name: 'Ann\u2028Lee', games: ['moss'] };
    const second = { occurred_at: '2020-01-01T00:00:00Z', player_id: 'p2', close_account: true };
    const studio = { studio_id: 's', name: 'Fern', games: [{ game_id: 'moss', name: 'Moss' }] };
    await run(aFile('a.jsonl', [first, second, studio].map((one) => `${JSON.stringify(one)}\r\n`).join('\n')));
    const occurred_at = '2026-01-02T03:04:05.000Z';
    const byPath = Object.fromEntries(api.requests.map(({ path, body }) => [path, JSON.parse(body) as unknown]));
    expect(byPath).toEqual({
      '/live/player-ingest': [{ ...first, occurred_at }, second],
      '/live/studio-ingest': [{ ...studio, occurred_at }],
    });
    expect(api.requests[0]!.headers).toMatchObject({ authorization: 'plk_x', 'content-type': 'application/json' });
    expect(lines.join()).toMatch(/^records imported: 3 in .* tables: 6$/);
    expect(existsSync(join(folder, 'a.jsonl.rejects.jsonl'))).toBe(false);
  });

  it('makes records of the rows of a player file', async () => {
    const file = aFile(
      'players.csv',
      '\ufeffplayer_id,user_id,player_name,country,account_start_at,account_end_at,games,unregister\r\n' +
        'p1,u1,"Lee, ""Ann""\nof Moss",DE,2020-01-01T00:00:00Z,,moss; fern,\r\n' +
        '\r\n' +
        'p2,u2,Bo,,2020-01-01T00:00:00Z,2021-01-01T00:00:00Z,,\r\n' +
        'p3,,,,,,"[{""game_id"":""moss"",""subscription_start_at"":""2020-01-01T00:00:00Z""}]",fern\r\n',
    );
    await expect(run(file, '--occurred-at', '2026-03-01T00:00:00+01:00')).rejects.toThrow(/^records rejected: 1;/);
    const occurred_at = '2026-02-28T23:00:00.000Z';
    // A control character is no part of a name.
    expect(rejectsOf(file).map(({ line, reasons }) => ({ line, reasons }))).toEqual([
      { line: 2, reasons: [expect.stringMatching(/^player_name: .*control/)] },
    ]);
    expect(sent()).toEqual([
      {
        player_id: 'p2',
        user_id: 'u2',
        player_name: 'Bo',
        account_start_at: '2020-01-01T00:00:00Z',
        account_end_at: '2021-01-01T00:00:00Z',
        close_account: true,
      },
      {
        player_id: 'p3',
        games: [{ game_id: 'moss', subscription_start_at: '2020-01-01T00:00:00Z' }],
        unregister: ['fern'],
        occurred_at,
      },
    ]);
  });

  it('makes a record of each game of a studio file', async () => {
    const header = 'studio_id,name,location,game_id,game_name,category';
    await run(aFile('studios.csv', `${header}\ns,Fern,Kyiv,moss,Moss,puzzle\ns,Fern,Kyiv,,,\n`));
    const occurred_at = changedAt.toISOString();
    const fern = { studio_id: 's', name: 'Fern', location: 'Kyiv', occurred_at };
    expect(sent()).toEqual([{ ...fern, games: [{ game_id: 'moss', name: 'Moss', category: 'puzzle' }] }, fern]);
  });

  it('makes a record of each registration of a file that has one a row', async () => {
    const header = 'subscription_end_at,player_id,game_id,subscription_start_at,close_account,account_end_at';
    const row = '2020-02-01T00:00:00Z,p1,moss,2020-01-01T00:00:00Z,TRUE,2021-01-01T00:00:00Z';
    await run(aFile('player-games.csv', `${header}\n${row}\n`));
    const times = { subscription_start_at: '2020-01-01T00:00:00Z', subscription_end_at: '2020-02-01T00:00:00Z' };
    expect(sent()).toMatchObject([{ player_id: 'p1', games: [{ game_id: 'moss', ...times }], close_account: true }]);
  });

  it('tells what is wrong with a record, and sends the others', async () => {
    const file = aFile(
      'a.ndjson',
      Buffer.concat([
        Buffer.from('{"player_id":"p1","games":["moss"]}\n\n{"player_id":"p2"}\n{"player_id":\n[]\n"text"\n{"id":1}\n'),
        Buffer.from(
          '{"player_id":"p3","games":["a b"],"occurred_at":"noon"}\n{"player_id":"Zo\u00eb","games":["moss"]}',
          'latin1',
        ),
      ]),
    );
    await expect(run(file, '--format', 'jsonl')).rejects.toThrow(/^records rejected: 7; .*a\.ndjson\.rejects\.jsonl/);
    const noId = 'is no object with a player_id or a studio_id';
    expect(rejectsOf(file)).toEqual([
      { line: 3, reasons: [expect.stringMatching(/says nothing/)], record: { player_id: 'p2' } },
      { line: 4, reasons: ['is no JSON'], record: '{"player_id":' },
      { line: 5, reasons: [noId], record: [] },
      { line: 6, reasons: [noId], record: 'text' },
      { line: 7, reasons: [noId], record: { id: 1 } },
      {
        line: 8,
        reasons: [
          expect.stringMatching(/^games: 0: game_id: must match/),
          expect.stringMatching(/^occurred_at: .*ISO 8601/),
        ],
        record: { player_id: 'p3', games: ['a b'], occurred_at: 'noon' },
      },
      { line: 9, reasons: ['is not in UTF-8'], record: expect.stringContaining('Zo') },
    ]);
    expect(statSync(`${file}.rejects.jsonl`).mode & 0o077).toBe(0);
    expect(sent()).toMatchObject([{ player_id: 'p1' }]);
  });

  it.each([
    ['is empty', 'x.csv', '', /is empty/],
    ['has no id', 'x.csv', 'user_id,name\n', /line 1: no column is player_id or studio_id/],
    ['has unknown columns', 'x.csv', 'player_id,nmae\n', /line 1: no column is called "nmae"; allowed are player_id/],
    ['names a column twice', 'x.csv', 'player_id,country,country\n', /country stands there twice/],
    ['names games twice', 'x.csv', 'player_id,games,game_id\n', /games and game_id do not go together/],
    ['has times of no game', 'x.csv', 'player_id,subscription_end_at\n', /subscription_end_at needs game_id/],
    ['breaks a quote', 'x.csv', 'player_id,games\np1,"a"b\n', /line 2: .*mend it/],
    ['never closes a quote', 'x.csv', 'player_id,games\np1,"a\np2,b\n', /Quote Not Closed.*line 3.*mend it/],
    ['is one JSON document', 'x.jsonl', '[{"player_id":"p1"}]', /JSON array/],
    ['is of an unknown kind', 'x.txt', '', /--format csv or jsonl/],
  ])('refuses a file that %s', async (_what, name, text, problem) => {
    await expect(run(aFile(name, text))).rejects.toThrow(problem);
    expect(api.requests).toEqual([]);
  });

  it('refuses a row of another length than the header', async () => {
    const file = aFile('x.csv', 'player_id,games\np1,moss,fern\np2,moss\n');
    await expect(run(file)).rejects.toThrow(/rejected: 1;/);
    expect(rejectsOf(file)).toMatchObject([{ line: 2, reasons: ['has 3 fields, the header 2'] }]);
    expect(sent()).toMatchObject([{ player_id: 'p2' }]);
  });

  it('sends requests of so many records and less than a megabyte', async () => {
    const long = Array.from({ length: 1_000 }, (_, index) => `game-${index}-${'x'.repeat(100)}`);
    const records = Array.from({ length: 40 }, (_, index) => ({ player_id: `p${index}`, games: long }));
    const short = Array.from({ length: 25 }, (_, index) => ({ player_id: `q${index}`, games: ['moss'] }));
    await run(
      aFile('a.jsonl', [...records, ...short].map((one) => JSON.stringify(one)).join('\n')),
      '--batch',
      '10',
      '--concurrency',
      '3',
    );
    const bodies = api.requests.map(({ body }) => body);
    expect(Math.max(...bodies.map((body) => Buffer.byteLength(body)))).toBeLessThan(1_000_000);
    expect(bodies.map((body) => (JSON.parse(body) as unknown[]).length).toSorted((a, b) => b - a)[0]).toBe(10);
    expect(new Set(sent().map(({ player_id }) => player_id)).size).toBe(65);
    expect(sent()).toHaveLength(65);
  });

  it('sends again what was not taken, and in halves what was refused until the bad record stands alone', async () => {
    const seen = new Map<string, number>();
    answer = (request) => {
      const times = (seen.get(request.body) ?? 0) + 1;
      seen.set(request.body, times);
      if (times === 1) return { status: 429, headers: { 'Retry-After': '0' } };
      if (request.body.includes('"foreign"'))
        return { status: 409, body: '{"error":"Conflict","error_detail":"foreign"}' };
      return ok(request);
    };
    const games = ['a', 'b', 'foreign', 'd'].map((game_id) => [{ game_id, name: 'x' }]);
    const file = aFile('a.jsonl', games.map((one) => JSON.stringify({ studio_id: 's', games: one })).join('\n'));
    await expect(run(file)).rejects.toThrow(/^records rejected: 1;/);
    expect(rejectsOf(file)).toMatchObject([{ line: 3, reasons: [expect.stringMatching(/answered 409: .*foreign/)] }]);
    expect(lines.join()).toMatch(/^records imported: 3 /);
  });

  it('ends where the token may not send accounts', async () => {
    answer = () => ({ status: 403, body: '{"error":"AccessDenied"}' });
    await expect(run(aFile('a.jsonl', '{"player_id":"p1","games":["moss"]}'))).rejects.toThrow(/role publisher/);
    expect(api.requests).toHaveLength(1);
  });

  it('ends where the API goes on failing, without sending the rest', async () => {
    answer = () => ({ status: 500 });
    const records = Array.from({ length: 50 }, (_, index) => `{"player_id":"p${index}","games":["moss"]}`);
    const file = aFile('a.jsonl', records.join('\n'));
    await expect(run(file, '--batch', '1', '--concurrency', '1', '--give-up-seconds', '1')).rejects.toThrow(
      /not acknowledged/,
    );
    expect(new Set(api.requests.map(({ body }) => body)).size).toBe(1);
  });
});
