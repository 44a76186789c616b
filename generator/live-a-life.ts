import { createDiary } from './diary.ts';
import type { LivedEvent } from './game-event.ts';
import { newProgress, playSession } from './play-session.ts';
import { createPlayer, type Period, type Player } from './player.ts';
import type { Random } from './random.ts';
import { dayNumber } from './utc-day.ts';

const dayMs = 24 * 3600 * 1000;
const hourMs = 3600 * 1000;

/** Sessions of one player lie at least this far apart, well over the 30 minutes that part sessions without an id. */
const leastPauseMs = 2 * hourMs;

/** Every fortieth player's events bear ids that other games use too. */
export const sharesIds = (index: number): boolean => index % 40 === 7;

/** One player's life in one game, lived day by day. */
export interface Life {
  readonly player: Player;
  /** Events of the sessions that begin on this day, in order of time; days are asked for in their order, each once. */
  liveDay(day: number): readonly LivedEvent[];
}

/**
 * Begins the life of one player in one game; it lasts to the end of the period.
 * @param random the game's own source
 * @param shared a source that all games share, for ids that several games use
 */
export function beginLife(index: number, random: Random, shared: Random, period: Period): Life {
  const own = random.fork('player', index);
  const player = createPlayer(own, index, period);
  const ids = (sharesIds(index) ? shared : random).fork('ids', index);
  const diary = createDiary(player, own, ids, period.to);
  const progress = newProgress();
  let isFirst = true;

  return {
    player,
    liveDay: (day) => {
      for (const start of visitsOf(player, own, day)) {
        if (!isFirst && start < diary.now() + leastPauseMs) continue;
        diary.beginSession(start);
        playSession(diary, progress, isFirst);
        isFirst = false;
      }
      return diary.takeEntries();
    },
  };
}

/** The whole life at once. */
export function liveALife(
  index: number,
  random: Random,
  shared: Random,
  period: Period,
): { readonly player: Player; readonly events: readonly LivedEvent[] } {
  const life = beginLife(index, random, shared, period);
  const events: LivedEvent[] = [];
  for (let day = dayNumber(period.from); day <= dayNumber(period.to); day += 1) events.push(...life.liveDay(day));
  return { player: life.player, events };
}

/** Starts of a day's sessions, in order of time: on the first day the install itself, later if the player comes back. */
function visitsOf(player: Player, random: Random, day: number): readonly number[] {
  const age = day - dayNumber(player.installedAt);
  if (age < 0 || (age > 0 && !random.chance(returnChance(age, player.loyalty)))) return [];
  const count = random.repeats(0.45, 4) + (age > 0 ? 1 : 0);
  const starts = Array.from({ length: count }, () => day * dayMs + timeOfDay(random));
  const visits = starts.filter((start) => start > player.installedAt).toSorted((a, b) => a - b);
  return age === 0 ? [player.installedAt, ...visits] : visits;
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
