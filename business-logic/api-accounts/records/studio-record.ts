import * as z from 'zod';
import { accountId, displayName, maxGames, orAbsent } from './fields.ts';
import type { Moment } from './moment.ts';
import { momentUntil } from './moment.ts';

/** A game that a studio publishes. */
export interface PublishedGame {
  readonly game_id: string;
  readonly name: string;
  readonly category?: string | undefined;
}

/** What the account system says of one studio. */
export interface StudioRecord {
  readonly studio_id: string;
  readonly name?: string | undefined;
  readonly location?: string | undefined;
  readonly games?: readonly PublishedGame[] | undefined;
  /** When it happened; absent: at the moment of the request. */
  readonly occurred_at?: Moment | undefined;
}

/** The shape of a studio's record; its time may lie an hour after `now` at most. */
export function studioRecordSchema(now: () => Date): z.ZodType<StudioRecord> {
  const game = z.strictObject({ game_id: accountId, name: displayName, category: orAbsent(displayName) });
  return z
    .strictObject({
      studio_id: accountId,
      name: orAbsent(displayName),
      location: orAbsent(displayName),
      games: orAbsent(z.array(game).max(maxGames)),
      occurred_at: orAbsent(momentUntil(now)),
    })
    .superRefine(({ name, location, games = [] }, context) => {
      const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
      if (name === undefined && location !== undefined) problem(['name'], 'is required where a location is given');
      if (name === undefined && games.length === 0) problem([], 'says nothing: give name or games');
      const repeated = games.find(({ game_id }, index) => games.findIndex((one) => one.game_id === game_id) !== index);
      if (repeated) problem(['games'], `name the game ${repeated.game_id} twice`);
    });
}
