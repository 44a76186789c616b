import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRoleToken, registerGame, type Game } from '../support/admin-client.ts';
import { assemblyDir } from '../support/assembly-dir.ts';
import { askAthena } from '../support/athena-client.ts';
import { readTexts } from '../support/read-texts.ts';
import { askForReport, callWithToken, readReport } from '../support/reports-client.ts';
import { runWorkflow } from '../support/run-workflow.ts';
import { runPipeline, type RunningPipeline } from '../support/running-pipeline.ts';
import { flush, postEvents } from '../support/send-events.ts';
import { scanAllTables } from '../support/table-client.ts';

/** Two studios with two titles each; Tidepool and Kite Run have the same number of players in the end. */
const studios = [
  {
    studio_id: 'lantern',
    name: 'Lantern Works',
    location: 'Oslo',
    games: [
      { game_id: 'tidepool', name: 'Tidepool', category: 'puzzle' },
      { game_id: 'owl-post', name: 'Owl Post', category: 'arcade' },
    ],
  },
  {
    studio_id: 'harbour',
    name: 'Harbour Lane',
    location: 'Porto',
    games: [
      { game_id: 'kite-run', name: 'Kite Run', category: 'arcade' },
      // Another title of the same name: ids decide.
      { game_id: 'tidepool-2', name: 'Tidepool', category: 'puzzle' },
    ],
  },
];

const player = (player_id: string, games: readonly string[], changes: object = {}) => ({
  player_id,
  user_id: `user-${player_id}@example.com`,
  player_name: `Name of ${player_id}`,
  country: 'NO',
  account_start_at: '2026-03-01T08:00:00Z',
  games: games.map((game_id) => ({ game_id, subscription_start_at: '2026-03-01T09:00:00Z' })),
  ...changes,
});

let pipeline: RunningPipeline;
let publisher: string;
let lantern: string;
let harbour: string;
let client: Game;

const ingestPlayers = (records: unknown) => ingest('/player-ingest', records);

async function ingest(path: string, records: unknown): Promise<void> {
  const answer = await callWithToken(pipeline.endpoints, publisher, 'POST', path, { body: records });
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"Result":"Ok"')]);
}

async function buildTables(): Promise<void> {
  await flush(pipeline.endpoints);
  await runWorkflow(pipeline.endpoints);
}

const ofPublisher = (report: string, parameters: Readonly<Record<string, string>> = {}) =>
  readReport(pipeline.endpoints, publisher, '/rg-owner', { report, ...parameters });
const ofStudio = (token: string, report: string, parameters: Readonly<Record<string, string>> = {}) =>
  readReport(pipeline.endpoints, token, '/studio', { report, ...parameters });
const ask = (sql: string) => askAthena(pipeline.endpoints, sql);

beforeAll(async () => {
  pipeline = await runPipeline({ assemblyDir: assemblyDir() });
  const { endpoints } = pipeline;
  publisher = await createRoleToken(endpoints);
  lantern = await createRoleToken(endpoints, 'lantern');
  harbour = await createRoleToken(endpoints, 'harbour');
  client = await registerGame(endpoints, 'A client');

  await ingest('/studio-ingest', studios);
  const closing = { close_account: true, account_end_at: '2026-04-10T12:00:00Z' };
  await ingestPlayers([
    player('ann', ['tidepool', 'owl-post', 'kite-run']),
    player('ben', ['tidepool', 'kite-run']),
    player('cyd', ['owl-post', 'tidepool-2'], closing),
    player('dee', ['tidepool', 'owl-post', 'kite-run', 'tidepool-2']),
    ...['q1', 'q2', 'q3', 'q4', 'q5'].map((id) => player(id, ['kite-run'], { country: 'PT', ...closing })),
  ]);
  // The same once more, and an older creation of a closed account.
  await ingestPlayers([
    player('ann', ['tidepool', 'owl-post', 'kite-run']),
    player('cyd', [], { account_start_at: '2026-02-01T08:00:00Z' }),
  ]);
  await ingestPlayers({ player_id: 'dee', unregister: ['owl-post', 'kite-run'], occurred_at: '2026-04-02T10:00:00Z' });
  await buildTables();
});

afterAll(() => pipeline?.remove());

describe('a player', () => {
  it('1: creates an account and registers to play several games', async () => {
    expect(await ask("SELECT count(*) AS accounts FROM players WHERE player_id = 'ann'")).toEqual([{ accounts: '1' }]);
    expect(
      await ask("SELECT game_id, subscription_end_at FROM player_games WHERE player_id = 'ann' ORDER BY game_id"),
    ).toEqual(['kite-run', 'owl-post', 'tidepool'].map((game_id) => ({ game_id, subscription_end_at: null })));
  });

  it('2: closes the account, and with it every registration at that instant', async () => {
    const end = '2026-04-10 12:00:00.000';
    const [account] = await ask("SELECT account_end_at, user_id_digest FROM players WHERE player_id = 'cyd'");
    expect(account).toEqual({ account_end_at: end, user_id_digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await ask("SELECT DISTINCT subscription_end_at FROM player_games WHERE player_id = 'cyd'")).toEqual([
      { subscription_end_at: end },
    ]);
    expect(await ask("SELECT player_id FROM player_names WHERE player_id = 'cyd'")).toEqual([]);
  });

  it('3: unregisters from some games, and stays registered for the others', async () => {
    const rows = await ask(
      "SELECT game_id, subscription_end_at FROM player_games WHERE player_id = 'dee' ORDER BY game_id",
    );
    const end = '2026-04-02 10:00:00.000';
    expect(rows).toEqual([
      { game_id: 'kite-run', subscription_end_at: end },
      { game_id: 'owl-post', subscription_end_at: end },
      { game_id: 'tidepool', subscription_end_at: null },
      { game_id: 'tidepool-2', subscription_end_at: null },
    ]);
  });
});

const popularity = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  rows.map(({ game_id, active, popularity_rank: rank }) => [game_id, Number(active), Number(rank)]);

describe('the publisher', () => {
  it('4: reports the popularity of all published titles, ties sharing a rank', async () => {
    expect(popularity(await ofPublisher('title-popularity'))).toEqual([
      ['tidepool', 3, 1],
      ['kite-run', 2, 2],
      ['owl-post', 1, 3],
      ['tidepool-2', 1, 3],
    ]);
    // Before the closures and unregistrations of April.
    expect(popularity(await ofPublisher('title-popularity', { at: '2026-04-01 00:00:00' }))).toEqual([
      ['kite-run', 8, 1],
      ['owl-post', 3, 2],
      ['tidepool', 3, 2],
      ['tidepool-2', 2, 4],
    ]);
  });

  it('5: lists all players who play a given studio’s titles, page by page and with their names', async () => {
    const query = { report: 'players-of-a-studio', studio_id: 'lantern', limit: '2' };
    const first = await askForReport(pipeline.endpoints, publisher, '/rg-owner', query);
    expect((first.json as { rows: unknown[] }).rows).toHaveLength(2);
    const rows = await readReport(pipeline.endpoints, publisher, '/rg-owner', query);
    expect(rows.map(({ player_id, player_name }) => [player_id, player_name])).toEqual([
      ['ann', 'Name of ann'],
      ['ben', 'Name of ben'],
      ['dee', 'Name of dee'],
    ]);
  });

  it('6: uses what is not personal of closed accounts, in groups of five at least', async () => {
    const rows = await ofPublisher('closed-account-statistics');
    const countries = rows.filter(({ breakdown }) => breakdown === 'country');
    // Five of Portugal and one of Norway: a single one would be told by taking away.
    expect(countries.map(({ value, accounts }) => [value, Number(accounts)])).toEqual([['other', 6]]);
    expect(rows.every(({ accounts }) => Number(accounts) >= 5)).toBe(true);
    expect(JSON.stringify(rows)).not.toMatch(/cyd|example\.com|Name of/);
  });

  it.each(['/rg-owner', '/studio', '/rg-owner/results/x', '/studio/results/x'])(
    '7: does not let players see a report: %s',
    async (path) => {
      for (const report of [undefined, 'title-popularity', 'studio-title-popularity', 'no-such-report']) {
        const answer = await askForReport(
          pipeline.endpoints,
          client.token,
          path,
          report === undefined ? {} : { report },
        );
        expect(answer.status).toBe(403);
      }
    },
  );
});

describe('a studio owner', () => {
  it('8: unregisters a player from games of the studio’s own, and of no other', async () => {
    const unregister = (token: string, game_ids: readonly string[]) =>
      callWithToken(pipeline.endpoints, token, 'POST', '/studio/unregistrations', {
        body: { player_id: 'ben', game_ids },
      });
    expect((await unregister(lantern, ['kite-run'])).status).toBe(404);
    expect((await unregister(lantern, ['tidepool', 'kite-run'])).status).toBe(404);
    expect((await unregister(publisher, ['tidepool'])).status).toBe(403);
    expect((await callWithToken(pipeline.endpoints, lantern, 'GET', '/studio/unregistrations')).status).toBe(403);
    expect((await unregister(lantern, ['tidepool'])).status).toBe(202);
    await buildTables();

    const open = await ask(
      "SELECT game_id FROM player_games WHERE player_id = 'ben' AND subscription_end_at IS NULL ORDER BY game_id",
    );
    expect(open).toEqual([{ game_id: 'kite-run' }]);
    const audit = await ofStudio(lantern, 'studio-unregistrations');
    expect(audit.map(({ player_id, game_id }) => [player_id, game_id])).toEqual([['ben', 'tidepool']]);
    expect(await ofStudio(harbour, 'studio-unregistrations')).toEqual([]);
  });

  it('9: reports the popularity of all the studio’s games, as the publisher sees it', async () => {
    const all = await ofPublisher('title-popularity');
    for (const [token, studioId] of [
      [lantern, 'lantern'],
      [harbour, 'harbour'],
    ] as const) {
      const own = await ofStudio(token, 'studio-title-popularity');
      const same = all.filter(({ studio_id }) => studio_id === studioId);
      expect(own).toHaveLength(2);
      for (const row of own) expect(same).toContainEqual(expect.objectContaining(row));
    }
  });

  it('10: does not see another studio’s performance or its games’ popularity', async () => {
    const listed = await askForReport(pipeline.endpoints, lantern, '/studio');
    const { reports } = listed.json as { reports: readonly { readonly name: string }[] };
    expect(reports.length).toBeGreaterThan(6);
    for (const { name } of reports) {
      const { status, text } = await askForReport(pipeline.endpoints, lantern, '/studio', { report: name });
      expect([name, status]).toEqual([name, 200]);
      expect(text).not.toMatch(/kite-run|tidepool-2|harbour|Kite Run|Porto/i);
    }
  });
});

describe('a game client', () => {
  it('opens and closes nobody’s account', async () => {
    const events = ['account_created', 'account_closed', 'game_unregistered'].map((event_type, index) => ({
      event_id: `00000000-0000-4000-8000-00000000000${index}`,
      event_type,
      event_timestamp: Math.floor(Date.now() / 1000),
      player_id: 'ann',
      event_data: { game_id: 'tidepool', user_id: 'mallory', player_name: 'Mallory' },
    }));
    expect((await postEvents(pipeline.endpoints, client, events)).status).toBe(200);
    const foreign = await postEvents(pipeline.endpoints, { ...client, applicationId: '_accounts' }, events);
    expect(foreign.status).toBe(403);
    for (const path of ['/player-ingest', '/studio-ingest', '/studio/unregistrations']) {
      const answer = await callWithToken(pipeline.endpoints, client.token, 'POST', path, {
        body: { player_id: 'ann', close_account: true },
      });
      expect(answer.status).toBe(403);
    }
    await buildTables();

    expect(await ask("SELECT account_end_at FROM players WHERE player_id = 'ann'")).toEqual([{ account_end_at: null }]);
    const refused = await ask(
      "SELECT event_type, reason, event_data, original FROM rejected_events WHERE event_type LIKE '%account%' ORDER BY event_type",
    );
    expect(refused.map(({ event_type, reason }) => [event_type, reason])).toEqual([
      ['account_closed', 'not_permitted'],
      ['account_created', 'not_permitted'],
    ]);
    expect(JSON.stringify(refused)).not.toMatch(/mallory/i);
  });
});

describe('personal data', () => {
  const isPersonal = /Name of|user-\w+@example\.com|Mallory/;

  it('stands in clear in no file of the lake, and in no table but the restricted one', async () => {
    const lake = await readTexts(pipeline.endpoints.bucketPath);
    expect([...lake.keys()].filter((file) => file.endsWith('.parquet')).length).toBeGreaterThan(5);
    const personal = [...lake].filter(([, text]) => isPersonal.test(text)).map(([file]) => file);
    expect(personal).toEqual([]);
    // The ciphertexts are there, of whoever has an account and of who had one.
    expect([...lake.values()].some((text) => text.includes('enc:v1:'))).toBe(true);
  });

  it('is in the restricted table for open accounts alone', async () => {
    const rows = await ofPublisher('players-of-a-studio', { studio_id: 'harbour' });
    expect(rows.map(({ player_id, user_id, player_name }) => ({ player_id, user_id, player_name }))).toEqual(
      ['ann', 'ben', 'dee'].map((id) => ({
        player_id: id,
        user_id: `user-${id}@example.com`,
        player_name: `Name of ${id}`,
      })),
    );
  });

  it('of a closed account has no key any more', async () => {
    const items = [...(await scanAllTables(pipeline.endpoints)).values()].flat() as KeyItem[];
    const key = (player: string) => items.find(({ key_id }) => key_id?.S === `player#${player}`);
    expect(key('ann')).toMatchObject({ wrapped_key: expect.anything() });
    expect(key('cyd')).toEqual({ key_id: { S: 'player#cyd' }, erased_at: { S: expect.any(String) } });
  });
});

interface KeyItem {
  readonly key_id?: { readonly S: string };
}
