import { describe, expect, it } from 'vitest';
import type { LivedEvent } from '../../generator/game-event.ts';
import { liveALife } from '../../generator/live-a-life.ts';
import { createRandom } from '../../generator/random.ts';

const dayMs = 24 * 3600 * 1000;
const to = Date.parse('2026-11-20T21:30:00Z');
const period = { from: to - 30 * dayMs, to };
const random = createRandom('lives');
const lives = Array.from({ length: 400 }, (_, index) => liveALife(index, random, random.fork('shared'), period));
const minutes = (a: LivedEvent, b: LivedEvent) => (b.at - a.at) / 60_000;

/** Share of players who were active exactly so many days after their install. */
function share(days: number): number {
  const old = lives.filter((life) => life.player.installedAt < to - (days + 1) * dayMs);
  const back = old.filter(({ player, events }) => {
    const day = Math.floor(player.installedAt / dayMs) + days;
    return events.some((one) => Math.floor(one.at / dayMs) === day);
  });
  return back.length / old.length;
}

/** Versions that events of a time name. */
const versions = (from: number, until: number) => {
  const named = lives.flatMap(({ events }) => events).filter(({ at }) => at >= from && at < until);
  return new Set(named.map(({ event }) => event.app_version));
};

/** What each player's events say of something. */
const perPlayer = (pick: (one: LivedEvent) => unknown) =>
  lives.map(({ events }) => new Set(events.map(pick).filter((value) => value !== undefined)));

describe('liveALife', () => {
  it('stays within the period and in order', () => {
    for (const { events } of lives) {
      expect(events.every((one) => one.at >= period.from && one.at <= to)).toBe(true);
      expect(events.every((one, index) => index === 0 || one.at >= events[index - 1]!.at)).toBe(true);
    }
  });

  it('parts sessions so that the 30-minute rule can only be read in one way', () => {
    const gaps = lives.flatMap(({ player, events }) => {
      const named = events.filter((one) => one.session !== undefined && one.session > 0);
      return named.slice(1).map((one, index) => {
        const before = named[index]!;
        return {
          minutes: minutes(before, one),
          within: before.session === one.session,
          knowsIds: player.sendsSessionId,
        };
      });
    });
    const between = gaps.filter((gap) => !gap.within).map((gap) => gap.minutes);
    const within = gaps.filter((gap) => gap.within && !gap.knowsIds).map((gap) => gap.minutes);
    expect(Math.min(...between)).toBeGreaterThan(60);
    expect(Math.max(...within)).toBeLessThan(20);
  });

  it('gives each session of a sender that knows session_id one of its own, some with long pauses', () => {
    let longPauses = 0;
    for (const { events } of lives.filter((life) => life.player.sendsSessionId)) {
      const ids = new Map<number, Set<string | undefined>>();
      const named = events.filter((one) => one.session !== undefined && one.session > 0);
      for (const [index, { event, session, at }] of named.entries()) {
        ids.set(session!, (ids.get(session!) ?? new Set()).add(event.session_id));
        const before = named[index - 1];
        if (before?.session === session && at - before!.at > 30 * 60_000) longPauses += 1;
      }
      const all = [...ids.values()].flatMap((set) => Array.from(set));
      expect(all).not.toContain(undefined);
      expect(new Set(all).size).toBe(ids.size);
      expect(all.length).toBe(ids.size);
    }
    expect(longPauses).toBeGreaterThan(0);
  });

  it('knows senders without session_id, players without a registration, and events without a player', () => {
    const old = lives.filter((life) => !life.player.sendsSessionId);
    expect(old.length).toBeGreaterThan(40);
    expect(old.flatMap((life) => life.events).every((one) => one.event.session_id === undefined)).toBe(true);
    const registered = lives.filter((life) => life.events.some((one) => one.event.event_type === 'user_registration'));
    expect(registered.length).toBeLessThan(lives.length);
    expect(lives.flatMap((life) => life.events).some((one) => one.event.player_id === undefined)).toBe(true);
  });

  it('tells some matches through servers that know no session, in sessions of their own by the 30-minute rule', () => {
    let sessions = 0;
    for (const { player, events } of lives) {
      const loose = events.filter((one) => one.session !== undefined && one.session < 0);
      expect(loose.length === 0 || (player.sendsSessionId && player.playsOnServers)).toBe(true);
      expect(loose.every(({ event }) => event.session_id === undefined && event.player_id === player.id)).toBe(true);
      for (const [index, one] of loose.slice(1).entries()) {
        expect(one.session !== loose[index]!.session).toBe(minutes(loose[index]!, one) > 30);
      }
      sessions += new Set(loose.map((one) => one.session)).size;
    }
    expect(sessions).toBeGreaterThan(20);
  });

  it('moves to newer versions over time, some players never, and some senders tell none', () => {
    expect(versions(period.from, period.from + 3 * dayMs)).toEqual(new Set(['1.4.0', undefined]));
    expect(versions(to - dayMs, to)).toEqual(new Set(['1.4.0', '1.4.2', '1.5.0', '1.10.0', undefined]));
    expect(versions(period.from, to)).toContain('1.5.0-beta.1');
    for (const { events } of lives.filter((life) => life.player.updates.length > 0)) {
      expect(events.every(({ event }) => event.app_version !== undefined)).toBe(true);
    }
  });

  it('plays on several platforms and from several countries, a few players on two of them', () => {
    for (const seen of [perPlayer((one) => one.event.event_data?.['platform']), perPlayer((one) => one.country)]) {
      expect(new Set(seen.flatMap((set) => [...set])).size).toBeGreaterThanOrEqual(4);
      const several = seen.filter((set) => set.size > 1).length;
      expect(several).toBeGreaterThan(0);
      expect(several / lives.length).toBeLessThan(0.15);
    }
  });

  it('spends no more of a virtual currency than was earned, in hundredths', () => {
    const seen = new Set<string>();
    for (const { events } of lives) {
      const purse = new Map<string, number>();
      for (const { event } of events) {
        if (!event.event_type.startsWith('currency_')) continue;
        const { virtual_currency: currency, virtual_amount: amount } = event.event_data as {
          virtual_currency: string;
          virtual_amount: number;
        };
        const hundredths = amount * 100;
        expect(hundredths).toBeCloseTo(Math.round(hundredths), 6);
        const sign = event.event_type === 'currency_earned' ? 1 : -1;
        purse.set(currency, (purse.get(currency) ?? 0) + sign * Math.round(hundredths));
        expect(purse.get(currency)).toBeGreaterThanOrEqual(0);
        seen.add(`${event.event_type} ${currency}`);
      }
    }
    expect(seen.size).toBe(6);
  });

  it('sells baskets of one transaction in several lines', () => {
    const baskets = lives.flatMap(({ events }) => {
      const bought = events.filter(({ event }) => Number(event.event_data?.['currency_amount']) > 0);
      return bought.slice(1).filter((one, index) => {
        return one.event.event_data?.['transaction_id'] === bought[index]!.event.event_data?.['transaction_id'];
      });
    });
    expect(baskets.length).toBeGreaterThan(0);
  });

  it('never completes or fails a level more often than it was started', () => {
    const unexplained = lives.flatMap(({ events }) => {
      const open = new Map<string, number>();
      return events.filter(({ event }) => {
        const level = String(event.event_data?.['level_id']);
        if (event.event_type === 'level_started') open.set(level, (open.get(level) ?? 0) + 1);
        if (event.event_type !== 'level_completed' && event.event_type !== 'level_failed') return false;
        open.set(level, (open.get(level) ?? 0) - 1);
        return open.get(level)! < 0;
      });
    });
    expect(unexplained).toEqual([]);
  });

  it('comes back less and less often', () => {
    expect(share(1)).toBeGreaterThan(0.3);
    expect(share(1)).toBeLessThan(0.55);
    expect(share(7)).toBeLessThan(share(1));
    expect(share(20)).toBeLessThan(share(7));
  });

  it('earns from few, in several currencies, and gives some back', () => {
    const trades = lives.map(({ events }) => events.filter((one) => one.event.event_type === 'iap_transaction'));
    const amounts = trades.flat().map((one) => Number(one.event.event_data?.['currency_amount']));
    expect(trades.filter((one) => one.length > 0).length / lives.length).toBeLessThan(0.15);
    expect(new Set(trades.flat().map((one) => one.event.event_data?.['currency_type'])).size).toBeGreaterThan(3);
    expect(amounts.some((amount) => amount < 0)).toBe(true);
    const biggest = Math.max(...trades.map((one) => one.length));
    expect(biggest).toBeGreaterThan(5);
  });

  it('plays across midnight now and then', () => {
    const crossing = lives.flatMap(({ events }) => {
      const bounds = new Map<number, [number, number]>();
      for (const { at, session } of events) {
        if (session !== undefined) bounds.set(session, [bounds.get(session)?.[0] ?? at, at]);
      }
      return [...bounds.values()].filter(([first, last]) => Math.floor(first / dayMs) !== Math.floor(last / dayMs));
    });
    expect(crossing.length).toBeGreaterThan(0);
  });
});
