import type { Random } from '../random.ts';
import type { Catalogue } from './catalogue.ts';
import type { AccountLife, RegisteredSpan } from './account-life.ts';

/** A record as the account system sends it: what POST /player-ingest and /studio-ingest take. */
export type AccountRecord = Readonly<Record<string, unknown>>;

/** A studio with its games; some tell the studio and its games apart. */
export function studioRecords({ studios, games }: Catalogue, at: number, random: Random): AccountRecord[] {
  return studios.flatMap((studio, index) => {
    const published = games
      .filter((game) => game.studio === index)
      .map(({ game_id, name, category }) => ({ game_id, name, category }));
    const occurred_at = timeText(at, random);
    if (random.chance(0.7)) return [{ ...studio, games: published, occurred_at }];
    return [
      { studio_id: studio.studio_id, games: published, occurred_at },
      { ...studio, occurred_at },
    ];
  });
}

/** Where a player's records name games by. */
export type GameIds = (game: number) => string;

/**
 * What the account system tells of an account. Most of it comes in one record, the rest bit by bit; some says what is
 * known already, or what can no longer be, and changes nothing.
 */
export function playerRecords(life: AccountLife, gameId: GameIds, end: number, random: Random): AccountRecord[] {
  const told = random.chance(0.6) ? atOnce(life, gameId, random) : bitByBit(life, gameId, random);
  return [...told, ...changeRecords(life, random), ...idleRecords(life, gameId, end, random)];
}

function atOnce(life: AccountLife, gameId: GameIds, random: Random): AccountRecord[] {
  const games = life.registrations.map(({ game, startAt, endAt }) => ({
    game_id: gameId(game),
    subscription_start_at: timeText(startAt, random),
    ...(endAt !== undefined && endAt !== life.endAt && { subscription_end_at: timeText(endAt, random) }),
  }));
  return [
    {
      ...opening(life, random),
      account_start_at: timeText(life.startAt, random),
      ...(games.length > 0 && { games }),
      ...(life.endAt !== undefined && { close_account: true, account_end_at: timeText(life.endAt, random) }),
    },
  ];
}

/** The account with the games that it began with, then each thing as it happened. */
function bitByBit(life: AccountLife, gameId: GameIds, random: Random): AccountRecord[] {
  const { playerId: player_id } = life;
  const isFirst = ({ startAt }: RegisteredSpan) => startAt === life.startAt;
  const first = life.registrations.filter(isFirst).map(({ game }) => gameId(game));
  const later = life.registrations.filter((one) => !isFirst(one));
  const ended = life.registrations.filter(({ endAt }) => endAt !== undefined && endAt !== life.endAt);
  const begun = { ...opening(life, random), occurred_at: timeText(life.startAt, random) };
  return [
    first.length > 0 ? { ...begun, games: first } : begun,
    ...later.map(({ game, startAt }) => ({ player_id, games: [gameId(game)], occurred_at: timeText(startAt, random) })),
    ...ended.map(({ game, endAt }) => ({
      player_id,
      unregister: [gameId(game)],
      occurred_at: timeText(endAt!, random),
    })),
    ...(life.endAt === undefined
      ? []
      : [{ player_id, close_account: true, occurred_at: timeText(life.endAt, random) }]),
  ];
}

function opening({ playerId, userId, name, country }: AccountLife, random: Random): AccountRecord {
  const isNull = country === undefined && random.chance(0.5);
  return {
    player_id: playerId,
    user_id: userId,
    player_name: name,
    ...(country && { country }),
    ...(isNull && { country: null }),
  };
}

/** The start comes with it once more, as account systems do. */
function changeRecords({ change, ...life }: AccountLife, random: Random): AccountRecord[] {
  if (!change) return [];
  const { playerId: player_id, userId: user_id } = life;
  const times = { account_start_at: timeText(life.startAt, random), occurred_at: timeText(change.at, random) };
  return [{ player_id, user_id, player_name: change.name, country: change.country, ...times }];
}

/** A registration while registered, an end before the first start, and whatever comes after the account was closed. */
function idleRecords(life: AccountLife, gameId: GameIds, end: number, random: Random): AccountRecord[] {
  const records: AccountRecord[] = [];
  const player = { player_id: life.playerId };
  const [one] = life.registrations;
  if (one && random.chance(0.05)) {
    const until = one.endAt ?? end;
    const again = random.integer(one.startAt, until - 1);
    records.push({ ...player, games: [gameId(one.game)], occurred_at: timeText(again, random) });
  }
  if (
    one &&
    random.chance(0.03) &&
    !life.registrations.some(({ game, startAt }) => game === one.game && startAt < one.startAt)
  ) {
    records.push({ ...player, unregister: [gameId(one.game)], occurred_at: timeText(one.startAt - 1, random) });
  }
  if (life.endAt !== undefined && life.endAt < end && random.chance(0.2)) {
    const after = timeText(random.integer(life.endAt + 1, end), random);
    const games = one ? { games: [gameId(one.game)] } : {};
    records.push({ ...opening({ ...life, country: 'XX' }, random), ...games, occurred_at: after });
    records.push({ ...player, close_account: true, account_end_at: after });
  }
  return records;
}

/** ISO 8601; some account systems write local time. */
function timeText(at: number, random: Random): string {
  const text = new Date(at).toISOString();
  if (!random.chance(0.1)) return text;
  return `${new Date(at + 2 * 3_600_000).toISOString().slice(0, -1)}+02:00`;
}
