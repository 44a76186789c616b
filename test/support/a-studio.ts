import { randomUUID } from 'node:crypto';
import type { Endpoints } from '../../local/runtime.ts';
import { createRoleToken, createToken, type Game } from './admin-client.ts';
import { callWithToken } from './reports-client.ts';
import { postEvents } from './send-events.ts';

/** A studio with data of every kind that a report may show; each of its texts holds its name. */
export interface Studio {
  readonly name: string;
  /** The studio's token. */
  readonly token: string;
  readonly games: readonly Game[];
  readonly players: readonly string[];
}

export interface StudioOptions {
  /** Players, each registered for both games. */
  readonly players: number;
  /** What each of them pays: a number that stands nowhere else. */
  readonly amount: number;
  readonly currency: string;
  readonly country: string;
}

/** Makes a studio through the API: registered, with two games, players, events good and bad, and an unregistration. */
export async function aStudio(
  endpoints: Endpoints,
  publisher: string,
  name: string,
  options: StudioOptions,
): Promise<Studio> {
  const send = async (token: string, path: string, body: unknown) => {
    const { status, text } = await callWithToken(endpoints, token, 'POST', path, { body });
    if (status >= 300) throw new Error(`${path} answered ${status}: ${text}`);
  };
  const gameIds = [`${name}-game-1`, `${name}-game-2`];
  const players = Array.from({ length: options.players }, (_, index) => `${name}-player-${index + 1}`);
  await send(publisher, '/studio-ingest', {
    studio_id: `${name}-studio`,
    name: `${name} works`,
    location: `${name} town`,
    games: gameIds.map((game_id) => ({ game_id, name: `The ${game_id}`, category: `${name} kind` })),
  });
  await send(
    publisher,
    '/player-ingest',
    players.map((player_id) => ({
      player_id,
      user_id: `${player_id}@${name}.example`,
      player_name: `Name of ${player_id}`,
      country: options.country,
      account_start_at: '2026-01-02T03:04:05Z',
      games: gameIds.map((game_id) => ({ game_id, subscription_start_at: '2026-02-03T04:05:06Z' })),
    })),
  );
  const games = await Promise.all(gameIds.map((id) => createToken(endpoints, id)));
  for (const game of games) await playGame(endpoints, game, name, players, options);

  const token = await createRoleToken(endpoints, `${name}-studio`);
  await send(token, '/studio/unregistrations', { player_id: players.at(-1), game_ids: [gameIds[1]] });
  return { name, token, games, players };
}

async function playGame(
  endpoints: Endpoints,
  game: Game,
  name: string,
  players: readonly string[],
  { amount, currency }: StudioOptions,
): Promise<void> {
  const event = (player_id: string, event_type: string, event_data: object) => ({
    event_id: randomUUID(),
    event_type,
    event_timestamp: Math.floor(Date.now() / 1000),
    app_version: `${name}-1.0`,
    player_id,
    session_id: `${name}-session`,
    event_data,
  });
  const events = players.flatMap((player) => [
    event(player, 'level_started', { level_id: `${name}-level`, level_version: `${name}-v1` }),
    event(player, 'currency_earned', { virtual_currency: `${name}-gold`, virtual_amount: amount }),
    event(player, 'iap_transaction', {
      transaction_id: randomUUID(),
      currency_type: currency,
      currency_amount: amount,
      item_id: `${name}-item`,
      item_amount: 1,
    }),
    // Rejected: it lacks what it needs.
    event(player, 'level_started', { level_id: `${name}-level` }),
  ]);
  const { status, text } = await postEvents(endpoints, game, events);
  if (status !== 200) throw new Error(`events were answered ${status}: ${text}`);
}
