import { countries, platforms, releases, type Country } from './game-design.ts';
import type { Random } from './random.ts';

/** When a game is played: milliseconds since the epoch, both inclusive. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** Who plays: decided once, before the first event. */
export interface Player {
  /** Pseudonymous. The same ids appear in every game, as with one account system behind several games. */
  readonly id: string;
  readonly index: number;
  /** Where the player lives and pays. */
  readonly country: Country;
  readonly platform: string;
  /** A second device that some sessions are played on. */
  readonly otherPlatform: string | undefined;
  /** A country that some sessions are played from. */
  readonly otherCountry: Country | undefined;
  /** Milliseconds since the epoch of the first event. */
  readonly installedAt: number;
  /** Around 1; multiplies the chance to come back. */
  readonly loyalty: number;
  /** 0 for most; else about how many purchases a session brings. */
  readonly spending: number;
  /** Since when the player's device runs which version; later ones last. Empty: the sender tells no version. */
  readonly updates: readonly { readonly version: string; readonly at: number }[];
  /** Old senders know no session_id. */
  readonly sendsSessionId: boolean;
  /** Some matches are told of by the game's server, which knows the player but no session. */
  readonly playsOnServers: boolean;
  readonly sendsMilliseconds: boolean;
  readonly sendsUpperCaseIds: boolean;
  readonly sendsVersion7Ids: boolean;
}

const payerShare = 0.1;
const dayMs = 24 * 3600 * 1000;

export function createPlayer(random: Random, index: number, period: Period): Player {
  return {
    id: `player-${String(index + 1).padStart(6, '0')}`,
    index,
    country: random.pickWeighted(countries),
    platform: random.pickWeighted(platforms),
    otherPlatform: random.chance(0.06) ? random.pickWeighted(platforms) : undefined,
    otherCountry: random.chance(0.05) ? random.pickWeighted(countries) : undefined,
    installedAt: Math.floor(period.from + random.next() * (period.to - period.from)),
    loyalty: 0.5 + random.next(),
    spending: random.chance(payerShare) ? Math.min(0.2 * random.pareto(1.3), 3) : 0,
    updates: random.chance(0.04) ? [] : updatesOf(random, period),
    sendsSessionId: !random.chance(0.2),
    playsOnServers: random.chance(0.1),
    sendsMilliseconds: random.chance(0.15),
    sendsUpperCaseIds: random.chance(0.1),
    sendsVersion7Ids: random.chance(0.15),
  };
}

/** Some update on the first day, most within a week, a few never; a beta reaches one in ten. */
function updatesOf(random: Random, { from, to }: Period): Player['updates'] {
  const slowness = random.chance(0.05) ? Infinity : random.pareto(1.2) - 1;
  const isTester = random.chance(0.1);
  return releases
    .filter(([version], index) => index === 0 || isTester || !version.includes('beta'))
    .map(([version, part], index) => ({
      version,
      at: index === 0 ? from : from + part * (to - from) + slowness * 2 * dayMs,
    }));
}
