import { countries, platforms, type Country } from './game-design.ts';
import type { Random } from './random.ts';

/** Who plays: decided once, before the first event. */
export interface Player {
  /** Pseudonymous. The same ids appear in every game, as with one account system behind several games. */
  readonly id: string;
  readonly index: number;
  readonly country: Country;
  readonly platform: string;
  /** Milliseconds since the epoch of the first event. */
  readonly installedAt: number;
  /** Around 1; multiplies the chance to come back. */
  readonly loyalty: number;
  /** 0 for most; else about how many purchases a session brings. */
  readonly spending: number;
  /** Old senders know no session_id. */
  readonly sendsSessionId: boolean;
  readonly sendsMilliseconds: boolean;
  readonly sendsUpperCaseIds: boolean;
  readonly sendsVersion7Ids: boolean;
}

const payerShare = 0.1;

export function createPlayer(random: Random, index: number, period: { from: number; to: number }): Player {
  return {
    id: `player-${String(index + 1).padStart(6, '0')}`,
    index,
    country: random.pickWeighted(countries),
    platform: random.pickWeighted(platforms),
    installedAt: Math.floor(period.from + random.next() * (period.to - period.from)),
    loyalty: 0.5 + random.next(),
    spending: random.chance(payerShare) ? Math.min(0.2 * random.pareto(1.3), 3) : 0,
    sendsSessionId: !random.chance(0.2),
    sendsMilliseconds: random.chance(0.15),
    sendsUpperCaseIds: random.chance(0.1),
    sendsVersion7Ids: random.chance(0.15),
  };
}
