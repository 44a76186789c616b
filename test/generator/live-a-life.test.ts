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

describe('liveALife', () => {
  it('stays within the period and in order', () => {
    for (const { events } of lives) {
      expect(events.every((one) => one.at >= period.from && one.at <= to)).toBe(true);
      expect(events.every((one, index) => index === 0 || one.at >= events[index - 1]!.at)).toBe(true);
    }
  });

  it('parts sessions so that the 30-minute rule can only be read in one way', () => {
    const gaps = lives.flatMap(({ player, events }) => {
      const named = events.filter((one) => one.session !== undefined);
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
      const named = events.filter((one) => one.session !== undefined);
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
