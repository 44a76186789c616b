import { describe, expect, it } from 'vitest';
import type { Row } from '../../console/src/data/report.ts';
import { cohortsOf } from '../../console/src/pages/cohorts.ts';
import { curvesOf } from '../../console/src/pages/lifetime-curves.ts';
import {
  amountsByCurrency,
  curveOf,
  meanPerDay,
  rowsOfGame,
  rowsWithin,
  shareOf,
  sumOfDecimals,
  weightedRate,
} from '../../console/src/pages/overview/figures.ts';

describe('figures of a period', () => {
  it('are of its days and of its game alone: a game whose id only looks alike is another', () => {
    const rows = ['2026-03-01', '2026-03-02', '2026-03-03'].map((event_date) => ({ event_date }));
    expect(rowsWithin(rows, 'event_date', { from: '2026-03-02', to: '2026-03-03' })).toHaveLength(2);
    const games: readonly Row[] = [
      { application_id: 'sky_run' },
      { application_id: 'skyxrun' },
      { event_date: '2026-03-01' },
    ];
    expect(rowsOfGame(games, 'sky_run')).toEqual([games[0], games[2]]);
    expect(rowsOfGame(games, undefined)).toEqual(games);
  });

  it('have the mean of a day over days on which anybody played', () => {
    const rows = [
      { event_date: '2026-03-01', dau: 10 },
      { event_date: '2026-03-01', dau: 20 },
      { event_date: '2026-03-03', dau: 10 },
    ];
    expect(meanPerDay(rows, 'event_date', 'dau')).toBe(20);
    expect(meanPerDay([], 'event_date', 'dau')).toBeUndefined();
  });

  it('have shares of sums, not means of shares', () => {
    expect(
      shareOf(
        [
          { rejected: 1, events: 10 },
          { rejected: 0, events: 90 },
        ],
        'rejected',
        'events',
      ),
    ).toBe(0.01);
    expect(shareOf([], 'rejected', 'events')).toBeUndefined();
  });

  it('weigh retention by players, and leave out cohorts whose day is not over', () => {
    const cohorts = [
      { players: 100, d1_rate: 0.5 },
      { players: 300, d1_rate: 0.1 },
      { players: 1_000, d1_rate: null },
    ];
    expect(weightedRate(cohorts, 'd1_rate', 'players')).toBeCloseTo(0.2, 12);
    expect(curveOf(cohorts).slice(0, 3)).toEqual([
      { days_later: 'Day 0', retention_rate: 1 },
      { days_later: 'Day 1', retention_rate: expect.closeTo(0.2, 12) },
      { days_later: 'Day 3', retention_rate: null },
    ]);
  });

  it('add money up with every digit, by currency, and never convert it', () => {
    const rows = [
      { currency_type: 'EUR', revenue: '0.1000' },
      { currency_type: 'EUR', revenue: '0.2000' },
      { currency_type: 'USD', revenue: '90071992547409.9300' },
      { currency_type: 'USD', revenue: '-0.01' },
      { currency_type: 'USD', revenue: null },
      { currency_type: 'USD', revenue: '1' },
    ];
    expect(amountsByCurrency(rows, 'revenue')).toEqual([
      ['USD', '90071992547410.9200'],
      ['EUR', '0.3000'],
    ]);
    expect(sumOfDecimals(['-0.5', '0.25'])).toBe('-0.25');
    expect(sumOfDecimals([])).toBe('0');
  });
});

describe('cohorts', () => {
  it('of several games count together on their day, each by its players', () => {
    const rows = [
      { cohort_date: '2026-03-02', players: 10, d1_rate: 0.5, d3_rate: null },
      { cohort_date: '2026-03-01', players: 10, d1_rate: 0.5, d3_rate: 0.1 },
      { cohort_date: '2026-03-01', players: 30, d1_rate: 0.1, d3_rate: 0.1 },
    ];
    const [first, second] = cohortsOf(rows);
    expect(first).toMatchObject({ day: '2026-03-01', players: 40 });
    expect(first?.rates.slice(0, 2)).toEqual([expect.closeTo(0.2, 12), expect.closeTo(0.1, 12)]);
    expect([second?.day, second?.rates.slice(0, 2)]).toEqual(['2026-03-02', [0.5, undefined]]);
  });
});

describe('a curve of lifetime value', () => {
  const young = { currency_type: 'EUR', players: 3, ltv_0: 9, ltv_1: 9, ltv_3: null, ltv_7: null, ltv_14: null };
  const old = { currency_type: 'EUR', players: 1, ltv_0: 1, ltv_1: 1, ltv_3: 2, ltv_7: 2, ltv_14: 1.5 };

  it('is the mean by players where all cohorts have come so far', () => {
    const cohorts = [old, { ...old, players: 3, ltv_0: 5 }];
    expect(curvesOf(cohorts)[0]).toEqual({ currency_type: 'EUR', days_later: 'Day 0', ltv: 4 });
  });

  it('does not fall where young cohorts end, but by refunds', () => {
    expect(curvesOf([old, young]).map(({ ltv }) => ltv)).toEqual([7, 7, 8, 8, 7.5, null]);
    expect(curvesOf([young]).map(({ ltv }) => ltv)).toEqual([9, 9, null, null, null, null]);
  });

  it('is one for each currency', () => {
    const currencies = curvesOf([old, { ...old, currency_type: 'JPY' }]).map(({ currency_type }) => currency_type);
    expect(new Set(currencies)).toEqual(new Set(['EUR', 'JPY']));
  });
});
