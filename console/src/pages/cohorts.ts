import type { Row } from '../data/report.ts';
import { retentionDays, sumOf, weightedRate } from './overview/figures.ts';

/** A row of the heat map: all chosen games' players who were new on a day. */
export interface Cohort {
  readonly day: string;
  readonly players: number;
  readonly rates: readonly (number | undefined)[];
}

/** Cohorts of several games on one day count together, each by its players. */
export function cohortsOf(rows: readonly Row[]): readonly Cohort[] {
  const byDay = new Map<string, Row[]>();
  for (const row of rows) {
    const day = String(row['cohort_date']);
    const cohorts = byDay.get(day) ?? [];
    byDay.set(day, cohorts);
    cohorts.push(row);
  }
  return [...byDay]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, cohorts]) => ({
      day,
      players: sumOf(cohorts, 'players'),
      rates: retentionDays.map(({ column }) => weightedRate(cohorts, column, 'players')),
    }));
}
