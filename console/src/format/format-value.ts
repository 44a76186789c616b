import { numberOf, type Column, type Value } from '../data/report.ts';

/** How values of columns are written for people, in their locale. Times are UTC. */
export interface Formats {
  /** In a table: every digit that counts. */
  cell(column: Column, value: Value | undefined): string;
  /** Beside an axis or in a tile: short. */
  short(column: string, value: number): string;
  number(value: number): string;
  percent(value: number, digits?: number): string;
  /** A day given as `YYYY-MM-DD`. */
  day(text: string): string;
}

/** What stands for no value. */
export const nothing = '–';

const isShare = (column: string): boolean => /(^|_)(rate|share|stickiness)$/.test(column);
const numeric = /^(tinyint|smallint|integer|bigint|float|double|real|decimal)/;

/** @param locales as `navigator.languages` has them; the first that is known counts */
export function createFormats(locales: readonly string[]): Formats {
  const known = knownLocales(locales);
  const whole = new Intl.NumberFormat(known, { maximumFractionDigits: 0 });
  const exact = new Intl.NumberFormat(known, { maximumFractionDigits: 4 });
  const money = new Intl.NumberFormat(known, { minimumFractionDigits: 2, maximumFractionDigits: 20 });
  const compact = new Intl.NumberFormat(known, { notation: 'compact', maximumFractionDigits: 1 });
  const percents = [0, 1, 2].map(
    (digits) =>
      new Intl.NumberFormat(known, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  const day = new Intl.DateTimeFormat(known, { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' });
  const moment = new Intl.DateTimeFormat(known, { timeZone: 'UTC', dateStyle: 'medium', timeStyle: 'medium' });

  const number = (value: number): string => (Number.isInteger(value) ? whole : exact).format(value);
  const percent = (value: number, digits = 1): string => (percents[digits] ?? percents[1]!).format(value);

  function dayText(text: string): string {
    const milliseconds = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
    return Number.isFinite(milliseconds) ? day.format(milliseconds) : text;
  }

  function momentText(text: string): string {
    const milliseconds = Date.parse(`${text.replace(' ', 'T').replace(/(\.\d{3})\d*$/, '$1')}Z`);
    return Number.isFinite(milliseconds) ? moment.format(milliseconds) : text;
  }

  return {
    number,
    percent,
    day: dayText,
    cell({ name, type }, value) {
      if (value === null || value === undefined) return nothing;
      if (type === 'date') return dayText(String(value));
      if (type.startsWith('timestamp')) return momentText(String(value));
      const amount = numberOf(value);
      if (!numeric.test(type) || amount === undefined) return String(value);
      if (isShare(name)) return percent(amount);
      // As text, so that a long amount keeps its digits.
      if (type.startsWith('decimal')) return money.format(String(value) as Intl.StringNumericLiteral);
      return typeof value === 'string' ? whole.format(value as Intl.StringNumericLiteral) : number(amount);
    },
    short(column, value) {
      if (isShare(column)) return percent(value, Math.abs(value) < 0.1 ? 1 : 0);
      return Math.abs(value) < 1_000 ? exact.format(Math.round(value * 100) / 100) : compact.format(value);
    },
  };
}

/** Browsers name locales that `Intl` does not know, which would throw. */
function knownLocales(locales: readonly string[]): string[] {
  return locales.flatMap((locale) => {
    try {
      return Intl.NumberFormat.supportedLocalesOf(locale);
    } catch {
      return [];
    }
  });
}

/** Whether a column holds numbers, which stand at the right. */
export const isNumeric = ({ type }: Column): boolean => numeric.test(type);
