import type { ReportInfo } from './report.ts';

/** What the pickers at the top say. Days are UTC, both ends included. */
export interface Filters {
  readonly from: string;
  readonly to: string;
  /** Id of one game; undefined for all of them. */
  readonly game?: string | undefined;
}

const day = /^\d{4}-\d{2}-\d{2}$/;
const millisecondsPerDay = 86_400_000;

export const isDay = (text: string | null | undefined): text is string =>
  typeof text === 'string' && day.test(text) && dayOf(Date.parse(`${text}T00:00:00Z`)) === text;

function dayOf(milliseconds: number): string {
  return Number.isFinite(milliseconds) ? new Date(milliseconds).toISOString().slice(0, 10) : '';
}

/** The day so many days later. */
export const addDays = (text: string, days: number): string =>
  dayOf(Date.parse(`${text}T00:00:00Z`) + days * millisecondsPerDay);

/** How many days lie between two, both included. */
export const countDays = ({ from, to }: Pick<Filters, 'from' | 'to'>): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / millisecondsPerDay) + 1;

/** The last so many days that are over. */
export function lastDays(days: number, now: number): Pick<Filters, 'from' | 'to'> {
  const to = addDays(dayOf(now), -1);
  return { from: addDays(to, 1 - days), to };
}

/**
 * The same period, and the day that is not over yet where it ends with the one before: what arrives is looked at as soon as
 * it does.
 */
export function untilNow({ from, to }: Pick<Filters, 'from' | 'to'>, now: number): Pick<Filters, 'from' | 'to'> {
  const yesterday = lastDays(1, now).to;
  return { from, to: to === yesterday ? addDays(to, 1) : to };
}

/** The period just before, of the same length. */
export function periodBefore(filters: Filters): Filters {
  const days = countDays(filters);
  return { ...filters, from: addDays(filters.from, -days), to: addDays(filters.from, -1) };
}

/** Every day of a period. */
export const daysOf = (filters: Pick<Filters, 'from' | 'to'>): readonly string[] =>
  Array.from({ length: Math.max(0, countDays(filters)) }, (_, index) => addDays(filters.from, index));

/** What the pickers give to a report's parameters. */
const givenBy = ({ from, to, game }: Filters): Readonly<Record<string, string | undefined>> => ({
  from_date: from,
  to_date: to,
  application_id: game,
  game_id: game,
});

/** Of values, those of parameters that no picker gives. */
export function withoutPicked(values: Readonly<Record<string, string>>, filters: Filters): Record<string, string> {
  const picked = givenBy(filters);
  return Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(picked, name)));
}

/** The values of a report's parameters that the pickers give; all others take the report's defaults. */
export function valuesFor(report: Pick<ReportInfo, 'parameters'>, filters: Filters): Record<string, string> {
  const given = givenBy(filters);
  const values: Record<string, string> = {};
  for (const { name } of report.parameters) {
    const value = given[name];
    if (value !== undefined) values[name] = value;
  }
  return values;
}
