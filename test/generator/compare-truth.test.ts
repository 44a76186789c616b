import { describe, expect, it } from 'vitest';
import { compareTruth, comparableReports, wholeRun, type AthenaRow } from '../../generator/compare-truth.ts';
import { expectedReports, type ReportRow } from '../../generator/report-rows.ts';
import { aRun } from '../support/a-run.ts';

const { truth } = aRun({ events: 20_000, unregistered: 0.01 });

/** A report's rows as Athena would give them if it were right. */
const rightRows = (report: string): AthenaRow[] => expectedReports[report]!(truth).rows.map(asAthena);
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
    const { exact, keys } = expectedReports[report]!(truth);
    const [first, ...rest] = rows;
    const changed = { ...first, [exact[0]!]: String(Number(first![exact[0]!]) + 1) };
    const foreign = { ...first, [keys[1]!]: '1999-01-01' };
    const differences = compareTruth(report, [changed, foreign, ...rest.slice(1)], truth);
    expect(differences).toHaveLength(3);
    expect(differences[0]).toMatch(new RegExp(`^${report}: ${exact[0]} of \\(.*\\) is .* and should be`));
    expect(differences[1]).toMatch(/should not be there/);
    expect(differences[2]).toMatch(/is missing/);
  });

  it('allows a double its rounding and nothing more', () => {
    expect(differencesAfter(1 + 1e-12)).toEqual([]);
    expect(differencesAfter(1 + 1e-6)).toHaveLength(1);
  });

  it('leaves rows of other applications out', () => {
    const other = { application_id: 'other', event_date: '2026-11-01', dau: '9' };
    expect(compareTruth('daily-active-players', [other, ...rightRows('daily-active-players')], truth)).toEqual([]);
  });

  it('counts the same row twice as wrong', () => {
    const rows = rightRows('daily-active-players');
    expect(compareTruth('daily-active-players', [rows[0]!, ...rows], truth)).toHaveLength(1);
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
    expect(wholeRun(truth, Date.parse('2026-11-22T00:00:01Z'))).toEqual({
      from_date: truth.first_date,
      to_date: '2026-11-22',
    });
    expect(wholeRun(truth, Date.parse('2026-01-01T00:00:00Z')).to_date).toBe(truth.last_date);
  });
});
