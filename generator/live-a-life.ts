import { createDiary } from './diary.ts';
import type { LivedEvent } from './game-event.ts';
import { newProgress, playSession } from './play-session.ts';
import { createPlayer, type Player } from './player.ts';
import type { Random } from './random.ts';

/** When a game is played: milliseconds since the epoch, both inclusive. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

const dayMs = 24 * 3600 * 1000;
const hourMs = 3600 * 1000;

/** Sessions of one player lie at least this far apart, well over the 30 minutes that part sessions without an id. */
const leastPauseMs = 2 * hourMs;

/**
 * The whole life of one player in one game, from the install to the end of the period, in order of time.
 * @param random the game's own source
 * @param shared a source that all games share: every fortieth player's events bear ids that other games use too
 */
export function liveALife(
  index: number,
  random: Random,
  shared: Random,
  period: Period,
): { readonly player: Player; readonly events: readonly LivedEvent[] } {
  const own = random.fork('player', index);
  const player = createPlayer(own, index, period);
  const ids = (index % 40 === 7 ? shared : random).fork('ids', index);
  const diary = createDiary(player, own, ids, period.to);
  const progress = newProgress();

  let isFirst = true;
  for (const start of visits(player, own, period.to)) {
    if (!isFirst && start < diary.now() + leastPauseMs) continue;
    diary.beginSession(start);
    playSession(diary, progress, isFirst);
    isFirst = false;
  }
  return { player, events: diary.entries };
}

/** Starts of sessions, in order of time: the install itself, then visits on the days the player comes back. */
function* visits(player: Player, random: Random, until: number): Generator<number> {
  yield player.installedAt;
  const installDay = Math.floor(player.installedAt / dayMs);
  const lastDay = Math.floor(until / dayMs);
  for (let day = installDay; day <= lastDay; day += 1) {
    if (day > installDay && !random.chance(returnChance(day - installDay, player.loyalty))) continue;
    const count = random.repeats(0.45, 4) + (day > installDay ? 1 : 0);
    const starts = Array.from({ length: count }, () => day * dayMs + timeOfDay(random));
    yield* starts.filter((start) => start > player.installedAt).toSorted((a, b) => a - b);
  }
}

/** Power law, as retention curves usually are: about 0.42 on day 1, 0.17 on day 7, 0.08 on day 30. */
function returnChance(daysSinceInstall: number, loyalty: number): number {
  return Math.min(0.95, loyalty * 0.42 * daysSinceInstall ** -0.47);
}

/** Evenings are fuller than mornings; some play across midnight. */
function timeOfDay(random: Random): number {
  const hour = (random.next() + random.next()) * 12 + 6;
  return Math.floor((hour % 24) * hourMs + random.next() * 1000);
}
