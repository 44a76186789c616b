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
  country: 'SE',
  event: { event_id: 'x', event_type: eventType, event_timestamp: 0, event_data: data },
});

let transactions = 0;
const trade = (at: string, amount: number, transaction = `t${(transactions += 1)}`) =>
  lived(at, 1, 'iap_transaction', { transaction_id: transaction, currency_type: 'EUR', currency_amount: amount });

/** An event that says something of player and place. */
const one = (at: string, app_version: string | undefined, country: string, data = {}, event_id = 'x'): LivedEvent => {
  const event = lived(at, 1, 'login', data);
  return { ...event, country, event: { ...event.event, event_id, ...(app_version && { app_version }) } };
};

const day = (number: number) => ({ application_id: 'game', event_date: `2026-01-0${number}`, players: 1 });

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
      { application_id: 'game', event_date: '2026-01-31', players: 1, players_7_days: 1, players_30_days: 1 },
      { application_id: 'game', event_date: '2026-02-01', players: 1, players_7_days: 1, players_30_days: 1 },
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

  it('counts who came back exactly so many days later, once those days are over', () => {
    const first = [
      lived('2026-01-01T10:00:00Z', 1),
      lived('2026-01-02T10:00:00Z', 2),
      lived('2026-01-08T10:00:00Z', 3),
    ];
    const second = [lived('2026-01-01T11:00:00Z', 1), lived('2026-01-03T10:00:00Z', 2)];
    expect(truthOf([first, second], '2026-01-09T00:00:00Z').retention).toEqual([
      {
        application_id: 'game',
        event_date: '2026-01-01',
        players: 2,
        day_1: 1,
        day_3: 0,
        day_7: 1,
        day_14: null,
        day_30: null,
      },
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

  it('counts who was active within seven and thirty days', () => {
    const first = [
      lived('2026-01-01T10:00:00Z', 1),
      lived('2026-01-09T10:00:00Z', 2),
      lived('2026-02-07T10:00:00Z', 3),
    ];
    const second = ['2026-01-02', '2026-01-08', '2026-02-08'].map((day, index) => lived(`${day}T01:00:00Z`, index + 1));
    const active = truthOf([first, second], '2026-03-01T00:00:00Z').active_players_per_day;
    const counts = active.toSorted((a, b) => (a.event_date < b.event_date ? -1 : 1));
    expect(counts.map((day) => [day.event_date, day.players, day.players_7_days, day.players_30_days])).toEqual([
      ['2026-01-01', 1, 1, 1],
      ['2026-01-02', 1, 2, 2],
      ['2026-01-08', 1, 1, 2],
      ['2026-01-09', 1, 2, 2],
      // The first player's ninth of January is thirty days ago, and the second's eighth is gone.
      ['2026-02-07', 1, 1, 1],
      ['2026-02-08', 1, 2, 2],
    ]);
  });

  it('counts payers, first-time payers and transactions by the day, a basket once', () => {
    const first = [
      trade('2026-01-05T10:00:00Z', 4.99, 'basket'),
      trade('2026-01-05T10:00:00Z', 0.99, 'basket'),
      trade('2026-01-05T12:00:00Z', 4.99),
      trade('2026-01-06T12:00:00Z', 4.99),
    ];
    const second = [trade('2026-01-06T12:00:00Z', -4.99), trade('2026-01-07T12:00:00Z', 1)];
    const truth = truthOf([first, second]);
    const row = { application_id: 'game' };
    expect(truth.payers_per_day).toEqual([
      { ...row, event_date: '2026-01-05', payers: 1, first_time_payers: 1 },
      { ...row, event_date: '2026-01-06', payers: 1, first_time_payers: 0 },
      { ...row, event_date: '2026-01-07', payers: 1, first_time_payers: 1 },
    ]);
    expect(truth.revenue_per_day).toEqual([
      { ...row, event_date: '2026-01-05', currency_type: 'EUR', revenue: '10.9700', transactions: 2, payers: 1 },
      { ...row, event_date: '2026-01-06', currency_type: 'EUR', revenue: '0.0000', transactions: 1, payers: 1 },
      { ...row, event_date: '2026-01-07', currency_type: 'EUR', revenue: '1.0000', transactions: 1, payers: 1 },
    ]);
    expect(truth.revenue_per_currency).toEqual([{ ...row, currency_type: 'EUR', revenue: '11.9700', payers: 2 }]);
  });

  it('adds a cohort’s revenue up through each day that is over', () => {
    const first = [
      lived('2026-01-01T10:00:00Z', 1),
      trade('2026-01-02T10:00:00Z', 5),
      trade('2026-01-08T10:00:00Z', -2),
    ];
    const second = [lived('2026-01-03T10:00:00Z', 1)];
    expect(truthOf([first, second], '2026-01-09T00:00:00Z').lifetime_revenue).toEqual([
      {
        application_id: 'game',
        event_date: '2026-01-01',
        currency_type: 'EUR',
        players: 1,
        through_0: '0.0000',
        through_1: '5.0000',
        through_3: '5.0000',
        through_7: '3.0000',
        through_14: null,
        through_30: null,
      },
      expect.objectContaining({ event_date: '2026-01-03', through_3: '0.0000', through_7: null }),
    ]);
  });

  it('follows the funnel in its order and within seven days of the first step', () => {
    const steps = ['user_registration', 'level_started', 'level_completed', 'iap_transaction'];
    const level = { level_id: '1', level_version: '1' };
    const step = (at: string, index: number) =>
      steps[index] === 'iap_transaction' ? trade(at, 1) : lived(at, 1, steps[index], level);
    const truth = truthOf([
      [0, 1, 2, 3].map((index) => step(`2026-01-0${index + 1}T10:00:00Z`, index)),
      // Paid before anything else, and never again.
      [3, 0, 1].map((index, turn) => step(`2026-01-0${turn + 1}T10:00:00Z`, index)),
      // Too late by a second.
      [step('2026-01-01T10:00:00Z', 0), step('2026-01-08T10:00:01Z', 1)],
      // Just in time; then there is nothing to complete.
      [step('2026-01-01T10:00:00Z', 0), step('2026-01-08T10:00:00Z', 1), step('2026-01-08T10:00:01Z', 2)],
      [step('2026-01-01T10:00:00Z', 1)],
    ]);
    expect(truth.funnel.map(({ step: number, players }) => [number, players])).toEqual([
      [1, 4],
      [2, 3],
      [3, 1],
      [4, 1],
    ]);
    expect(truth.levels).toMatchObject([{ starts: 5, completions: 2, starters: 5, completers: 2 }]);
    expect(truth.applications).toMatchObject([{ level_starters: 5 }]);
  });

  it('takes what the latest event of a day says about player and place, be it not the last one', () => {
    const truth = truthOf([
      [
        one('2026-01-01T10:00:00Z', '2.0', 'SE', { platform: 'ios' }),
        one('2026-01-01T11:00:00Z', '1.0', 'NO', { platform: 'switch' }, 'B'),
        one('2026-01-01T11:00:00Z', undefined, 'FI', {}, 'a'),
        one('2026-01-02T10:00:00Z', undefined, 'SE'),
      ],
    ]);
    expect(truth.versions_per_day).toEqual([
      { ...day(1), app_version: '1.0' },
      { ...day(2), app_version: null },
    ]);
    expect(truth.platforms_per_day).toEqual([
      { ...day(1), platform: 'switch' },
      { ...day(2), platform: null },
    ]);
    // Of two at the same time, the greater id in lower case.
    expect(truth.countries_per_day).toEqual([
      { ...day(1), country: 'NO' },
      { ...day(2), country: 'SE' },
    ]);
  });

  it('keeps the sessions of events without session_id beside those that have one', () => {
    const truth = truthOf([
      [
        lived('2026-01-01T10:00:00Z', 1),
        lived('2026-01-01T10:00:10Z', -1),
        lived('2026-01-01T10:00:20Z', 1),
        lived('2026-01-01T10:00:50Z', -1),
        lived('2026-01-01T18:00:00Z', 2),
        lived('2026-01-01T18:00:01Z', -2),
      ],
    ]);
    expect(truth.sessions_per_day).toMatchObject([{ sessions: 4, session_milliseconds: 60_000 }]);
  });

  it('sums virtual currency in hundredths, earned and spent apart', () => {
    const flow = (type: string, amount: number) =>
      lived('2026-01-01T10:00:00Z', 1, `currency_${type}`, { virtual_currency: 'gems', virtual_amount: amount });
    const spent = lived('2026-01-02T10:00:00Z', 1, 'currency_spent', {
      virtual_currency: 'gems',
      virtual_amount: 0.05,
    });
    expect(truthOf([[flow('earned', 0.1), flow('earned', 0.2), flow('spent', 0.25), spent]]).economy_per_day).toEqual([
      { application_id: 'game', event_date: '2026-01-01', virtual_currency: 'gems', earned: '0.30', spent: '0.25' },
      { application_id: 'game', event_date: '2026-01-02', virtual_currency: 'gems', earned: '0.00', spent: '0.05' },
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
