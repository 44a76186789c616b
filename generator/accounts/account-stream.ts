import { createHeldBack } from '../held-back.ts';
import { createRandom, type Random } from '../random.ts';
import { playerRecords, studioRecords, type AccountRecord } from './account-records.ts';
import { liveAccount, type Newcomer } from './account-life.ts';
import { checkAccountOptions, type AccountOptions } from './account-options.ts';
import { createAccountTally } from './account-tally.ts';
import type { AccountTruth } from './account-truth.ts';
import { inventCatalogue, type Catalogue } from './catalogue.ts';

/** A world of accounts: what the account system tells of it, and what it is. */
export interface AccountWorld {
  readonly catalogue: Catalogue;
  /** Each record of a studio, in the order in which it is told. */
  studios(): Generator<AccountRecord>;
  /** Each record of a player, in the order in which it is told. To be taken once, and before the truth is asked for. */
  players(): Generator<AccountRecord>;
  truth(): AccountTruth;
}

/** Players that are known by what they play, in place of invented ones, and what there is for them to play. */
export interface KnownPlayers {
  readonly catalogue: Catalogue;
  readonly players: readonly Pick<Newcomer, 'playerId' | 'plays'>[];
}

const dayMs = 86_400_000;
/** Of the reports that tell of a period: as many days back as their default has. */
const periodDays = 30;

/** Makes up accounts, one after another, so that memory holds those records alone that are told late. */
export function accountWorld(options: AccountOptions, known?: KnownPlayers): AccountWorld {
  checkAccountOptions(options);
  const root = createRandom(options.seed).fork('accounts');
  const catalogue = known?.catalogue ?? inventCatalogue(options.studios, options.games, root.fork('catalogue'));
  const from = options.end - options.days * dayMs;
  const period = { at: options.end, fromDate: dateOf(options.end - periodDays * dayMs), toDate: dateOf(options.end) };
  const tally = createAccountTally(catalogue, period);
  const pickTitle = titlePicker(catalogue.games.length);
  const gameId = (game: number) => catalogue.games[game]!.game_id;
  let told = 0;

  function* tell(records: Iterable<readonly AccountRecord[]>, random: Random): Generator<AccountRecord> {
    for (const record of outOfOrder(records, options, random)) {
      told += 1;
      yield record;
    }
  }

  function* accounts(): Generator<readonly AccountRecord[]> {
    let left = options.registrations;
    for (let index = 0; index < options.players; index += 1) {
      const random = root.fork('player', index);
      const player = known?.players[index];
      const untaken = catalogue.games.length - (player?.plays?.length ?? 0);
      const more = shareOf(left, options.players - index, untaken, random);
      const newcomer = { playerId: playerIdOf(index), from, to: options.end, more, ...player };
      const life = liveAccount(random, newcomer, pickTitle);
      left -= more;
      tally.add(life);
      yield playerRecords(life, gameId, options.end, random);
    }
  }

  return {
    catalogue,
    studios: () => tell([studioRecords(catalogue, from, root.fork('studios'))], root.fork('order of studios')),
    players: () => tell(accounts(), root.fork('order of players')),
    truth: () => tally.truth({ seed: options.seed, records: told }),
  };
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** A player's part of the registrations that are left: none to twice the mean; the last player gets the rest. */
function shareOf(left: number, players: number, games: number, random: Random): number {
  if (players === 1) return Math.min(left, games);
  const mean = left / players;
  const most = Math.min(left, games, Math.floor(2 * mean) + (random.chance((2 * mean) % 1) ? 1 : 0));
  return random.integer(0, most);
}

function playerIdOf(index: number): string {
  return `player-${String(index + 1).padStart(6, '0')}`;
}

/** Few titles have most of the players. */
function titlePicker(games: number): (random: Random) => number {
  return (random) => Math.min(games - 1, Math.floor(games * random.next() ** 2));
}

/** Some records come again, some only after many others. */
function* outOfOrder(
  records: Iterable<readonly AccountRecord[]>,
  { resent, late, longestDelay }: AccountOptions,
  random: Random,
): Generator<AccountRecord> {
  const queue = createHeldBack<AccountRecord>();
  for (const ofOne of records) {
    for (const record of ofOne) {
      if (random.chance(late)) queue.hold(record, random.integer(1, longestDelay));
      else yield record;
      if (random.chance(resent)) queue.hold(record, random.integer(1, longestDelay));
      yield* queue.due();
    }
  }
  yield* queue.rest();
}
