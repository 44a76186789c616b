import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Catalogue } from './catalogue.ts';
import type { KnownPlayers } from './account-stream.ts';

interface Play {
  readonly game: number;
  since: number;
  until: number;
}

/**
 * Who played which of the catalogue's games and when, from the log that the generator of events writes (`logFile`): one
 * `{"application_id":…,"event":…}` a line.
 */
export async function knownPlayers(logFile: string, catalogue: Catalogue): Promise<KnownPlayers> {
  const gameOf = new Map(catalogue.games.map(({ game_id }, index) => [game_id, index]));
  const players = new Map<string, Map<number, Play>>();
  for await (const line of createInterface({ input: createReadStream(logFile), crlfDelay: Infinity })) {
    const { application_id, event } = JSON.parse(line) as LoggedEvent;
    const game = gameOf.get(application_id);
    if (game === undefined || typeof event.player_id !== 'string') continue;
    const at = event.event_timestamp >= firstMilliseconds ? event.event_timestamp : event.event_timestamp * 1_000;
    const plays = players.get(event.player_id) ?? new Map<number, Play>();
    players.set(event.player_id, plays);
    const play = plays.get(game);
    if (play === undefined) plays.set(game, { game, since: Math.floor(at), until: Math.ceil(at) });
    else
      Object.assign(play, { since: Math.min(play.since, Math.floor(at)), until: Math.max(play.until, Math.ceil(at)) });
  }
  return {
    catalogue,
    players: Array.from(players, ([playerId, plays]) => ({ playerId, plays: [...plays.values()] })),
  };
}

/** As the event contract has it: a number from here on is milliseconds. */
const firstMilliseconds = 1e11;

interface LoggedEvent {
  readonly application_id: string;
  readonly event: { readonly player_id?: string | null; readonly event_timestamp: number };
}
