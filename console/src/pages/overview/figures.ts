import { gameOf, numberOf, type Row } from '../../data/report.ts';
import type { Filters } from '../../data/filters.ts';

/** A figure of a period beside that of the period before; undefined where nothing says. */
export interface Compared {
  readonly now: number | undefined;
  readonly before: number | undefined;
}

/** Of rows, those whose day lies in a period. */
export const rowsWithin = (rows: readonly Row[], day: string, { from, to }: Pick<Filters, 'from' | 'to'>): Row[] =>
  rows.filter((row) => {
    const value = String(row[day] ?? '');
    return value >= from && value <= to;
  });

/** Of rows, those of a game: ids are matched with LIKE, for which `_` is any character. */
export const rowsOfGame = (rows: readonly Row[], game: string | undefined): readonly Row[] =>
  game === undefined ? rows : rows.filter((row) => (gameOf(row) ?? game) === game);

export const sumOf = (rows: readonly Row[], column: string): number =>
  rows.reduce((sum, row) => sum + (numberOf(row[column]) ?? 0), 0);

/** The mean of a day's sum, over the days that have rows; undefined where none has. */
export function meanPerDay(rows: readonly Row[], day: string, column: string): number | undefined {
  const days = new Set(rows.map((row) => row[day])).size;
  return days === 0 ? undefined : sumOf(rows, column) / days;
}

/** Two sums as a share; undefined where there is nothing to share. */
export function shareOf(rows: readonly Row[], part: string, whole: string): number | undefined {
  const all = sumOf(rows, whole);
  return all === 0 ? undefined : sumOf(rows, part) / all;
}

/**
 * A rate over all rows together, each counting by its weight: retention by the players of a cohort. Rows without a rate,
 * those whose day is not over, do not count.
 */
export function weightedRate(rows: readonly Row[], rate: string, weight: string): number | undefined {
  const counted = rows.filter((row) => numberOf(row[rate]) !== undefined && (numberOf(row[weight]) ?? 0) > 0);
  const all = sumOf(counted, weight);
  if (all === 0) return undefined;
  return counted.reduce((sum, row) => sum + numberOf(row[rate])! * numberOf(row[weight])!, 0) / all;
}

/** The days after the first one on which retention is measured, and the columns that have it. */
export const retentionDays = [1, 3, 7, 14, 30].map((day) => ({ day, column: `d${day}_rate` }));

/** Day 0 is everybody. */
export function curveOf(cohorts: readonly Row[]): readonly Row[] {
  const rates = retentionDays.map(({ day, column }) => ({ day, rate: weightedRate(cohorts, column, 'players') }));
  return [{ day: 0, rate: cohorts.length === 0 ? undefined : 1 }, ...rates].map(({ day, rate }) => ({
    days_later: `Day ${day}`,
    retention_rate: rate ?? null,
  }));
}

/** Amounts of each currency, summed with every digit; currencies in the order of their number of rows. */
export function amountsByCurrency(rows: readonly Row[], column: string): readonly (readonly [string, string])[] {
  const byCurrency = new Map<string, string[]>();
  for (const row of rows) {
    const amount = row[column];
    if (amount === null || amount === undefined) continue;
    const currency = String(row['currency_type'] ?? '–');
    const amounts = byCurrency.get(currency) ?? [];
    byCurrency.set(currency, amounts);
    amounts.push(String(amount));
  }
  return [...byCurrency]
    .toSorted(([a, amountsOfA], [b, amountsOfB]) => amountsOfB.length - amountsOfA.length || (a < b ? -1 : 1))
    .map(([currency, amounts]) => [currency, sumOfDecimals(amounts)] as const);
}

/** Adds decimals written as text without rounding any of them. */
export function sumOfDecimals(texts: readonly string[]): string {
  const parts = texts.map((text) => /^(-?)(\d*)(?:\.(\d*))?$/.exec(text.trim()));
  const digits = Math.max(0, ...parts.map((part) => part?.[3]?.length ?? 0));
  let sum = 0n;
  for (const part of parts) {
    if (!part) continue;
    const [, sign, whole = '', fraction = ''] = part;
    const units = BigInt(`${whole}${fraction.padEnd(digits, '0')}` || '0');
    sum += sign === '-' ? -units : units;
  }
  const text = String(sum < 0n ? -sum : sum).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${sum < 0n ? '-' : ''}${whole}${digits === 0 ? '' : `.${text.slice(-digits)}`}`;
}
