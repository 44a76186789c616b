import { describe, expect, it } from 'vitest';
import type { LivedEvent } from '../../generator/game-event.ts';
import { createTruthRecorder } from '../../generator/truth-recorder.ts';
import { dayNumber } from '../../generator/utc-day.ts';
import { aRun } from '../support/a-run.ts';

const lived = (
  at: string,
  session: number | undefined,
  eventType = 'login',
  data: Record<string, unknown> = {},
): LivedEvent => ({
  at: Date.parse(at),
  session,
  event: { event_id: 'x', event_type: eventType, event_timestamp: 0, event_data: data },
});

const trade = (at: string, amount: number) =>
  lived(at, 1, 'iap_transaction', { currency_type: 'EUR', currency_amount: amount });

function truthOf(players: readonly (readonly LivedEvent[])[], today = '2026-02-20T00:00:00Z') {
  const recorder = createTruthRecorder([{ applicationId: 'game', name: 'Game' }]);
  for (const events of players) {
    const record = recorder.beginPlayer(0);
    for (const one of events) record.accepted(one);
    record.ended();
  }
  return recorder.truth({ seed: 's', sent: 0, acknowledged: 0, today: dayNumber(Date.parse(today)) });
}

describe('createTruthRecorder', () => {
  it('counts a player on each day with an event, and a session on the day it begins', () => {
    const truth = truthOf([[lived('2026-01-31T23:50:00Z', 1), lived('2026-02-01T00:10:30.500Z', 1)]]);
    expect(truth.active_players_per_day).toEqual([
      { application_id: 'game', event_date: '2026-01-31', players: 1 },
      { application_id: 'game', event_date: '2026-02-01', players: 1 },
    ]);
    expect(truth.sessions_per_day).toEqual([
      { application_id: 'game', event_date: '2026-01-31', sessions: 1, session_milliseconds: 1_230_500 },
    ]);
    expect(truth.new_players_by_month).toEqual([{ application_id: 'game', month: '2026-01-01', players: 1 }]);
  });

  it('counts an event without a player as an event and nothing else', () => {
    const truth = truthOf([[lived('2026-01-31T10:00:00Z', undefined)]]);
    expect(truth.accepted).toBe(1);
    expect(truth.events_per_day).toHaveLength(1);
    expect(truth.active_players_per_day).toEqual([]);
    expect(truth.applications).toMatchObject([{ players: 0 }]);
  });

  it('counts who came back exactly one and seven days later, once those days are over', () => {
    const first = [
      lived('2026-01-01T10:00:00Z', 1),
      lived('2026-01-02T10:00:00Z', 2),
      lived('2026-01-08T10:00:00Z', 3),
    ];
    const second = [lived('2026-01-01T11:00:00Z', 1), lived('2026-01-03T10:00:00Z', 2)];
    expect(truthOf([first, second], '2026-01-09T00:00:00Z').retention).toEqual([
      { application_id: 'game', event_date: '2026-01-01', players: 2, day_1: 1, day_7: 1 },
    ]);
    expect(truthOf([first, second], '2026-01-08T23:00:00Z').retention).toMatchObject([{ day_1: 1, day_7: null }]);
  });

  it('sums money in whole units, refunds taken off, and counts purchases and payers without them', () => {
    const truth = truthOf([
      [trade('2026-01-05T10:00:00Z', 0.1), trade('2026-01-05T10:01:00Z', 0.2), trade('2026-02-05T10:01:00Z', -0.2)],
      [trade('2026-01-06T10:00:00Z', 99.99)],
    ]);
    const row = { application_id: 'game', currency_type: 'EUR' };
    expect(truth.revenue_by_month).toEqual([
      { ...row, month: '2026-01-01', purchases: 3, payers: 2, revenue: '100.2900' },
      { ...row, month: '2026-02-01', purchases: 0, payers: 0, revenue: '-0.2000' },
    ]);
  });

  it('agrees with a plain count over everything that was sent', () => {
    const { sent, truth } = aRun({ events: 6000, malformed: 0, duplicates: 0.1 });
    const players = new Set<string>();
    const starts = new Set<string>();
    for (const { game, eventId, json } of sent) {
      const event = JSON.parse(json) as { player_id?: string; event_type: string; event_timestamp: number };
      const ms = event.event_timestamp >= 1e11 ? event.event_timestamp : event.event_timestamp * 1000;
      const day = new Date(Math.round(ms)).toISOString().slice(0, 10);
      if (event.player_id !== undefined) players.add(`game-${game} ${day} ${event.player_id}`);
      if (event.event_type === 'level_started') starts.add(`${game} ${eventId}`);
    }
    expect(truth.active_players_per_day.reduce((sum, day) => sum + day.players, 0)).toBe(players.size);
    expect(truth.levels.reduce((sum, level) => sum + level.starts, 0)).toBe(starts.size);
    for (const level of truth.levels) expect(level.failures + level.completions).toBeLessThanOrEqual(level.starts);
  });
});
