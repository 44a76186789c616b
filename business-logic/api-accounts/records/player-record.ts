import * as z from 'zod';
import { accountId, maxGames, orAbsent, personalText, playerId } from './fields.ts';
import type { Moment } from './moment.ts';
import { momentUntil } from './moment.ts';

/** A game that a player is registered for from one moment, to another if that is known. */
export interface Registration {
  readonly game_id: string;
  readonly subscription_start_at?: Moment | undefined;
  readonly subscription_end_at?: Moment | undefined;
}

/** What the account system says of one player. Absent times are the moment of the request. */
export interface PlayerRecord {
  readonly player_id: string;
  readonly user_id?: string | undefined;
  readonly player_name?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined;
  readonly account_start_at?: Moment | undefined;
  readonly games?: readonly Registration[] | undefined;
  readonly close_account?: boolean | undefined;
  readonly account_end_at?: Moment | undefined;
  readonly unregister?: readonly Omit<Registration, 'subscription_start_at'>[] | undefined;
  /** When what the record says happened, where it has no time of its own. */
  readonly occurred_at?: Moment | undefined;
}

/** The shape of a player's record; times may lie an hour after `now` at most. */
export function playerRecordSchema(now: () => Date): z.ZodType<PlayerRecord> {
  const moment = orAbsent(momentUntil(now));
  const registration = orJustId(
    z.strictObject({ game_id: accountId, subscription_start_at: moment, subscription_end_at: moment }),
  );
  const unregistration = orJustId(z.strictObject({ game_id: accountId, subscription_end_at: moment }));
  return z
    .strictObject({
      player_id: playerId,
      user_id: orAbsent(personalText),
      player_name: orAbsent(personalText),
      country: orAbsent(z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166-1)')),
      account_start_at: moment,
      games: orAbsent(z.array(registration).max(maxGames)),
      close_account: orAbsent(z.boolean()),
      account_end_at: moment,
      unregister: orAbsent(z.array(unregistration).max(maxGames)),
      occurred_at: moment,
    })
    .superRefine((record, context) => {
      for (const [path, message] of contradictions(record))
        context.addIssue({ code: 'custom', path: [...path], message });
    });
}

/** Tells whether a record opens an account, or says something of one that its opening bears. */
export function opensAccount(record: PlayerRecord): boolean {
  const { user_id, player_name, country, account_start_at } = record;
  return [user_id, player_name, country, account_start_at].some((value) => value !== undefined);
}

/** Tells whether anything that a record says has no time of its own, and so takes `occurred_at`. */
export function takesOccurredAt(record: PlayerRecord): boolean {
  const { games = [], unregister = [], close_account, account_start_at, account_end_at } = record;
  return (
    (opensAccount(record) && account_start_at === undefined) ||
    games.some(({ subscription_start_at }) => subscription_start_at === undefined) ||
    unregister.some(({ subscription_end_at }) => subscription_end_at === undefined) ||
    (close_account === true && account_end_at === undefined)
  );
}

/** An id stands for an object that holds nothing else. */
function orJustId<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (typeof value === 'string' ? { game_id: value } : value), schema);
}

type Contradiction = readonly [path: readonly (string | number)[], message: string];

function* contradictions(record: PlayerRecord): Generator<Contradiction> {
  const { user_id, player_name, games = [], close_account, unregister = [], account_start_at, account_end_at } = record;
  if (opensAccount(record)) {
    const why = 'is required to open an account (with country or account_start_at alone nothing can be opened)';
    if (user_id === undefined) yield [['user_id'], why];
    if (player_name === undefined) yield [['player_name'], why];
  } else if (games.length === 0 && unregister.length === 0 && !close_account) {
    yield [[], 'says nothing: give user_id and player_name, games, unregister or close_account'];
  }
  if (account_end_at !== undefined && !close_account) yield [['account_end_at'], 'needs close_account: true'];
  if (account_end_at !== undefined && account_start_at !== undefined && account_end_at < account_start_at) {
    yield [['account_end_at'], 'must not lie before account_start_at'];
  }
  for (const [index, { subscription_start_at: start, subscription_end_at: end }] of games.entries()) {
    if (end === undefined) continue;
    const path = ['games', index, 'subscription_end_at'];
    if (start === undefined) yield [path, 'needs subscription_start_at'];
    else if (end <= start) yield [path, 'must lie after subscription_start_at'];
  }
}
