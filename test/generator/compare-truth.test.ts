import { describe, expect, it } from 'vitest';
import { compareTruth, comparableReports, valuesFor, wholeRun, type AthenaRow } from '../../generator/compare-truth.ts';
import type { ReportRow } from '../../generator/expected-rows.ts';
import { expectedReports } from '../../generator/report-rows.ts';
import { aRun } from '../support/a-run.ts';

const { truth } = aRun({ events: 20_000, unregistered: 0.01 });

/** A report's rows as Athena would give them if it were right. */
const rightRows = (report: string): AthenaRow[] => expectedReports[report]!(truth).rows.map(asAthena).map(rated);
/** The one report whose rows are compared without a column that has to be right in itself. */
const rated = (row: AthenaRow): AthenaRow =>
  row['rejected'] == null ? row : { ...row, rejected_rate: String(Number(row['rejected']) / Number(row['events'])) };
const asAthena = (row: ReportRow): AthenaRow =>
  Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === null ? undefined : String(value)]));

/** Differences once one ratio is changed by a factor. */
function differencesAfter(factor: number): string[] {
  const [first, ...rest] = rightRows('sessions-per-day');
  const value = String(Number(first!['sessions_per_dau']) * factor);
  return compareTruth('sessions-per-day', [{ ...first, sessions_per_dau: value }, ...rest], truth);
}

describe('compareTruth', () => {
  it.each(Object.keys(expectedReports))('finds no difference in a right %s, in any order of its rows', (report) => {
    expect(rightRows(report).length).toBeGreaterThan(0);
    expect(compareTruth(report, rightRows(report).toReversed(), truth)).toEqual([]);
  });

  it.each(Object.keys(expectedReports))('names a missing, a foreign and a wrong row of %s', (report) => {
    const rows = rightRows(report);
    const { exact = [], decimals = [], keys } = expectedReports[report]!(truth);
    const [column] = [...exact, ...decimals] as [string];
    const [first, ...rest] = rows;
    const changed = rated({ ...first, [column]: String(Number(first![column]) + 1) });
    // Every report keeps application_id; what is compared without another key meets the row of another game.
    const foreign = keys.length === 1 ? { ...rest[0], application_id: null } : { ...first, [keys[1]!]: '1999-01-01' };
    const differences = compareTruth(report, [changed, foreign, ...rest.slice(1)], truth);
    expect(differences).toHaveLength(3);
    expect(differences[0]).toMatch(new RegExp(`^${report}: ${column} of \\(.*\\) is .* and should be`));
    expect(differences[1]).toMatch(/should not be there/);
    expect(differences[2]).toMatch(/is missing/);
  });

  it('allows a double its rounding and nothing more', () => {
    expect(differencesAfter(1 + 1e-12)).toEqual([]);
    expect(differencesAfter(1 + 1e-6)).toHaveLength(1);
  });

  it('compares decimals by all their digits, whatever zeros they end on', () => {
    const rows = rightRows('revenue-per-day');
    const first = rows[0]!;
    const change = (revenue: string) =>
      compareTruth('revenue-per-day', [{ ...first, revenue }, ...rows.slice(1)], truth);
    expect(change(`${first['revenue']}00`)).toEqual([]);
    expect(change(`${first['revenue']}01`)).toHaveLength(1);
    expect(change(`1${first['revenue']}`)).toHaveLength(1);
  });

  it('adds rejected events up over the days they arrived on, and judges each rate in itself', () => {
    const [total, ...rest] = rightRows('rejected-share-per-day');
    const half = Math.floor(Number(total!['events']) / 2);
    const days = [
      { ...total, arrival_date: '2026-11-19', events: String(half), rejected: '0', rejected_rate: '0.0' },
      { ...total, arrival_date: '2026-11-20', events: String(Number(total!['events']) - half) },
    ].map(rated);
    expect(compareTruth('rejected-share-per-day', [...days, ...rest], truth)).toEqual([]);
    const wrong = [{ ...days[0], rejected_rate: '0.1' }, days[1]!, ...rest];
    expect(compareTruth('rejected-share-per-day', wrong, truth)).toHaveLength(1);
    expect(compareTruth('rejected-share-per-day', [days[0]!, days[0]!, days[1]!, ...rest], truth)).toHaveLength(2);
  });

  it('leaves the type of a step that nobody reached open', () => {
    const empty = { ...truth, funnel: truth.funnel.map((row) => (row.step === 4 ? { ...row, players: 0 } : row)) };
    const rows = expectedReports['funnel']!(empty).rows.map(asAthena);
    expect(
      compareTruth(
        'funnel',
        rows.map((row) => ({ event_type: null, ...row })),
        empty,
      ),
    ).toEqual([]);
    const [first, ...rest] = rows;
    expect(compareTruth('funnel', [{ ...first, event_type: null }, ...rest], empty)).toHaveLength(1);
  });

  it('leaves rows of other applications out', () => {
    const other = { application_id: 'other', event_date: '2026-11-01', dau: '9' };
    expect(compareTruth('daily-active-players', [other, ...rightRows('daily-active-players')], truth)).toEqual([]);
  });

  it('counts the same row twice as wrong', () => {
    const rows = rightRows('daily-active-players');
    expect(compareTruth('daily-active-players', [rows[0]!, ...rows], truth)).toHaveLength(1);
  });

  it('adds rejects up over the versions of a game, each of which is there once', () => {
    const [first, ...rest] = rightRows('rejected-events-by-version');
    const half = { ...first, app_version: '1.0', events: '1' };
    const other = { ...first, app_version: null, events: String(Number(first!['events']) - 1) };
    expect(compareTruth('rejected-events-by-version', [half, other, ...rest], truth)).toEqual([]);
    expect(compareTruth('rejected-events-by-version', [half, ...rest], truth)).toHaveLength(1);
    expect(compareTruth('rejected-events-by-version', [half, half, other, ...rest], truth)).toHaveLength(2);
  });

  it('checks number and order of the latest events', () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({
      application_id: 'game-0',
      event_id: String(index),
      received_at: `2026-11-20 21:00:${String(99 - index).padStart(2, '0')}.000`,
    }));
    expect(compareTruth('latest-events', rows, truth)).toEqual([]);
    expect(compareTruth('latest-events', rows.slice(1), truth)).toHaveLength(1);
    expect(compareTruth('latest-events', rows.toReversed(), truth)).toHaveLength(1);
    expect(compareTruth('latest-events', [rows[0]!, ...rows.slice(0, 99)], truth)).toHaveLength(1);
  });

  it('refuses a report it knows nothing of, naming those it knows', () => {
    expect(() => compareTruth('weather', [], truth)).toThrow(/weather.*daily-active-players/);
    expect(comparableReports).toContain('latest-events');
  });

  it('names the days that cover a run and its arrival', () => {
    const period = wholeRun(truth, Date.parse('2026-11-22T00:00:01Z'));
    expect(period).toEqual({ from_date: truth.first_date, to_date: '2026-11-22', as_of_date: '2026-11-20' });
    expect(valuesFor({ parameters: [{ name: 'to_date' }, { name: 'application_id' }] }, period)).toEqual({
      to_date: '2026-11-22',
    });
    expect(wholeRun(truth, Date.parse('2026-01-01T00:00:00Z')).to_date).toBe(truth.last_date);
  });
});
