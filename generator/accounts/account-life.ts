import { countries } from '../game-design.ts';
import type { Random } from '../random.ts';

/** From when to when a player was registered for a game. Milliseconds since the epoch. */
export interface RegisteredSpan {
  /** The game's place in the catalogue. */
  readonly game: number;
  readonly startAt: number;
  /** When it ended: by itself, or with the account. */
  readonly endAt: number | undefined;
}

/** An account as it really was, whatever is told of it and in which order. Milliseconds since the epoch. */
export interface AccountLife {
  readonly playerId: string;
  readonly userId: string;
  readonly name: string;
  readonly country: string | undefined;
  readonly startAt: number;
  /** The name that the player took later, with another country. */
  readonly change: { readonly at: number; readonly name: string; readonly country: string } | undefined;
  /** Undefined while it is open. */
  readonly endAt: number | undefined;
  /** For one game the spans of time lie apart. */
  readonly registrations: readonly RegisteredSpan[];
}

/** What is known of a player before the account is made up. */
export interface Newcomer {
  readonly playerId: string;
  /** When the account may be opened, and when the last thing happens. */
  readonly from: number;
  readonly to: number;
  /** Games that the player is known to play, with a moment before which the registration lies; the account is older. */
  readonly plays?: readonly { readonly game: number; readonly since: number; readonly until: number }[];
  /** Registrations beside these. */
  readonly more: number;
}

const closedShare = 0.12;
const unregisteredShare = 0.25;
const returnedShare = 0.3;
const changedShare = 0.05;
const hour = 3_600_000;

/** Picks a title: its place in the catalogue. */
export type PickTitle = (random: Random) => number;

/** Makes up an account. Every moment has its own millisecond within the account, so that each order is clear. */
export function liveAccount(random: Random, newcomer: Newcomer, pickTitle: PickTitle): AccountLife {
  const { playerId, from, to, plays = [], more } = newcomer;
  const firstPlay = Math.min(to, ...plays.map(({ since }) => since));
  const startAt = plays.length > 0 ? firstPlay - random.integer(1, hour) : random.integer(from, to - hour);
  const lastPlay = Math.max(startAt, ...plays.map(({ until }) => until));
  const isClosed = random.chance(closedShare) && lastPlay + 2 < to;
  const endAt = isClosed ? random.integer(lastPlay + 2, to) : undefined;
  const known = plays.map(({ game, since }) => span(game, Math.max(startAt, since - random.integer(1, hour)), endAt));
  const others = inventSpans(
    random,
    { startAt, endAt, to, count: more, taken: plays.map(({ game }) => game) },
    pickTitle,
  );
  return {
    playerId,
    userId: `${playerId}@mail.example`,
    name: nameOf(random),
    country: random.chance(0.03) ? undefined : random.pickWeighted(countries).id,
    startAt,
    change: random.chance(changedShare) ? changeOf(random, startAt, endAt ?? to) : undefined,
    endAt,
    registrations: [...known, ...others],
  };
}

interface Room {
  readonly startAt: number;
  readonly endAt: number | undefined;
  readonly to: number;
  readonly count: number;
  readonly taken: readonly number[];
}

/** Registrations for other titles; some end, and of those some begin once more, which counts among them. */
function inventSpans(
  random: Random,
  { startAt, endAt, to, count, taken }: Room,
  pickTitle: PickTitle,
): RegisteredSpan[] {
  const spans: RegisteredSpan[] = [];
  const used = new Set(taken);
  const until = endAt ?? to;
  while (spans.length < count) {
    const game = untaken(random, used, pickTitle);
    used.add(game);
    const begins = random.chance(0.5) ? startAt : random.integer(startAt, Math.max(startAt, until - 1));
    const isEnded = random.chance(unregisteredShare) && begins + 4 < until;
    if (!isEnded) {
      spans.push(span(game, begins, endAt));
      continue;
    }
    const ends = random.integer(begins + 1, until - 3);
    spans.push(span(game, begins, ends));
    if (spans.length < count && random.chance(returnedShare)) {
      spans.push(span(game, random.integer(ends + 1, until - 1), endAt));
    }
  }
  return spans;
}

function untaken(random: Random, used: ReadonlySet<number>, pickTitle: PickTitle): number {
  for (;;) {
    const game = pickTitle(random);
    if (!used.has(game)) return game;
  }
}

function span(game: number, startAt: number, endAt: number | undefined): RegisteredSpan {
  return { game, startAt, endAt };
}

function changeOf(random: Random, startAt: number, until: number): AccountLife['change'] {
  if (startAt + 1 >= until) return undefined;
  return {
    at: random.integer(startAt + 1, until - 1),
    name: nameOf(random),
    country: random.pickWeighted(countries).id,
  };
}

const givenNames = ['Ada', 'Bjørn', 'Chloé', 'Dmitri', 'Esra', 'Fumiko', 'Gonçalo', "Seán O'Neill", 'Zoë'] as const;

function nameOf(random: Random): string {
  return `${random.pick(givenNames)} ${random.hex8()}`;
}
