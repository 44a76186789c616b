import { numberOf, type Row } from '../data/report.ts';
import { weightedRate } from './overview/figures.ts';

/** Days up to which revenue is added up, as the report's columns have them. */
const horizons = [0, 1, 3, 7, 14, 30];

/**
 * One curve per currency, of all cohorts together. A cohort counts for what it paid between two horizons as soon as the later
 * one is over: a curve cannot fall because younger cohorts have no value there yet, and where all cohorts are over it is
 * their mean by players.
 */
export function curvesOf(rows: readonly Row[]): readonly Row[] {
  const currencies = [...new Set(rows.map((row) => row['currency_type'] ?? null))];
  return currencies.flatMap((currency) => {
    const own = rows.filter((row) => (row['currency_type'] ?? null) === currency);
    let ltv: number | undefined = 0;
    return horizons.map((horizon, index) => {
      const step = stepOf(own, `ltv_${horizon}`, index === 0 ? undefined : `ltv_${horizons[index - 1]}`);
      ltv = ltv === undefined || step === undefined ? undefined : ltv + step;
      return { currency_type: currency, days_later: `Day ${horizon}`, ltv: ltv ?? null };
    });
  });
}

/** What players paid between two horizons, on average; undefined where no cohort has come so far. */
function stepOf(rows: readonly Row[], column: string, before: string | undefined): number | undefined {
  const steps = rows.flatMap(({ [column]: value, [before ?? '']: earlier, players }): Row[] => {
    const amount = numberOf(value);
    if (amount === undefined) return [];
    return [{ step: amount - (before === undefined ? 0 : (numberOf(earlier) ?? 0)), players: players ?? null }];
  });
  return weightedRate(steps, 'step', 'players');
}
