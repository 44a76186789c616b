import { callWithToken } from '../../support/reports-client.ts';
import { tried, type Attack } from './attack.ts';

/** Asks with the attacker's token of a studio. */
const ask = (name: string, answer: string | RegExp, path: string, method = 'GET', body?: unknown): Attack => ({
  name,
  answer,
  send: async ({ endpoints, own }) =>
    tried(await callWithToken(endpoints, own.token, method, path, body === undefined ? {} : { body })),
});

const bad = '400 InvalidRequest';
const query = (values: Readonly<Record<string, string>>): string => `/studio?${new URLSearchParams(values).toString()}`;

export const reports: readonly Attack[] = [
  ask("the publisher's report by its name", bad, query({ report: 'closed-account-statistics' })),
  ask('a saved query that is no report', bad, query({ report: 'latest-events' })),
  ask('a path for a report', bad, query({ report: '../studio-players' })),
  ask('a report called __proto__', bad, query({ report: '__proto__' })),
  ask('SQL for a report', bad, query({ report: "x'; DROP TABLE events; --" })),
  ask('another studio by name', bad, query({ report: 'studio-players', studio_id: 'bravo-studio' })),
  ask('a parameter twice', bad, '/studio?report=studio-players&game_id=alpha-game-1&game_id=bravo-game-1'),
  ask('SQL for a date', bad, query({ report: 'studio-retention', from_date: "2026-01-01' OR '1'='1" })),
  ask('an expression for a date', bad, query({ report: 'studio-retention', from_date: 'current_date' })),
  ask('SQL for a number of rows', bad, query({ report: 'studio-players', limit: '1; SELECT 1' })),
  ask('a number of rows with an exponent', bad, query({ report: 'studio-players', limit: '1e9' })),
  ask('a negative wait', bad, query({ report: 'studio-players', wait: '-1' })),
  ask('an endless value', bad, query({ report: 'studio-players', game_id: 'x'.repeat(5_000) })),
  ask('a report of the publisher by his route', '403 AccessDenied', '/rg-owner?report=title-popularity'),
  ask('a result of nobody', '404 NotFound', '/studio/results/x.y'),
  ask('a result by the id of an execution', '404 NotFound', '/studio/results/00000000-0000-4000-8000-000000000000'),
  ask(
    'a signed id with another signature',
    '404 NotFound',
    `/studio/results/${Buffer.from('{"studio_id":"bravo-studio"}').toString('base64url')}.AAAA`,
  ),
  ask("another studio's game", '404 NotFound', '/studio/unregistrations', 'POST', {
    player_id: 'bravo-player-1',
    game_ids: ['bravo-game-1'],
  }),
  ask('an own game and another', '404 NotFound', '/studio/unregistrations', 'POST', {
    player_id: 'alpha-player-1',
    game_ids: ['alpha-game-1', 'bravo-game-1'],
  }),
  ask('SQL for a player', bad, '/studio/unregistrations', 'POST', {
    player_id: "x' OR '1'='1",
    game_ids: ["x' OR '1'='1"],
  }),
  ask('players, as a studio', '403 AccessDenied', '/player-ingest', 'POST', [{ player_id: 'x' }]),
  ask('a studio, as a studio', '403 AccessDenied', '/studio-ingest', 'POST', { studio_id: 'alpha-studio' }),
];
