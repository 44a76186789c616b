import type { ReportRow } from './expected-rows.ts';
import { expectedReports, type ExpectedReport } from './report-rows.ts';
import type { Truth } from './truth.ts';

/** A row of a report as Athena gives it: every value is text; undefined or null stands for SQL null. */
export type AthenaRow = Readonly<Record<string, string | null | undefined>>;

/** Names of the reports that can be held to the truth. */
export const comparableReports: readonly string[] = ['latest-events', ...Object.keys(expectedReports)];

/** Values of report parameters, as text; what is told of cohorts is told as of the last. */
export type RunPeriod = Readonly<Record<'from_date' | 'to_date' | 'as_of_date', string>>;

/** Parameters under which a report covers the whole run: all days of the truth and of its arrival. */
export function wholeRun(truth: Truth, arrivedUntil: number): RunPeriod {
  const arrived = new Date(arrivedUntil).toISOString().slice(0, 10);
  return {
    from_date: truth.first_date,
    to_date: arrived > truth.last_date ? arrived : truth.last_date,
    as_of_date: truth.as_of_date,
  };
}

/** Those of the values for which a report has a parameter. */
export function valuesFor(
  { parameters }: { readonly parameters: readonly { readonly name: string }[] },
  period: RunPeriod,
): Readonly<Record<string, string>> {
  const names = new Set(parameters.map(({ name }) => name));
  return Object.fromEntries(Object.entries(period).filter(([name]) => names.has(name)));
}

/**
 * Differences between a report and what really happened, one sentence each; none if they agree. Rows of applications
 * that the truth does not know are left out, so that several runs can share a lake. Throws for an unknown report.
 */
export function compareTruth(report: string, rows: readonly AthenaRow[], truth: Truth): string[] {
  if (report === 'latest-events') return compareLatest(rows, truth);
  if (report === 'rejected-share-per-day') return compareArrivals(report, rows, truth);
  return compareRows(report, rows, truth);
}

function compareRows(report: string, rows: readonly AthenaRow[], truth: Truth): string[] {
  const expected = expectedReports[report]?.(truth);
  if (!expected) throw new Error(`nothing is known about report ${report}; known: ${comparableReports.join(', ')}`);

  const known = knownApplications(truth);
  const name = (row: AthenaRow | ReportRow) => expected.keys.map((key) => String(row[key] ?? null)).join(', ');
  const missing = new Map(expected.rows.map((row) => [name(row), row]));
  const differences: string[] = [];

  for (const row of rows.filter(({ application_id }) => application_id == null || known.has(application_id))) {
    const want = missing.get(name(row));
    if (!want) differences.push(`${report}: row (${name(row)}) should not be there, or only once`);
    else differences.push(...compareRow(report, name(row), row, want, expected));
    missing.delete(name(row));
  }
  for (const row of missing.keys()) differences.push(`${report}: row (${row}) is missing`);
  return differences;
}

function compareRow(report: string, name: string, row: AthenaRow, want: ReportRow, columns: ExpectedReport): string[] {
  const { exact = [], decimals = [], rounded = [] } = columns;
  const wrong = [
    ...exact.filter((column) => text(row[column]) !== text(want[column])),
    ...decimals.filter((column) => decimal(row[column]) !== decimal(want[column])),
    ...rounded.filter((column) => !isClose(row[column], want[column])),
  ];
  return wrong
    .filter((column) => want[column] !== undefined)
    .map((column) => `${report}: ${column} of (${name}) is ${text(row[column])} and should be ${text(want[column])}`);
}

/** The newest events: their number, their order and whose they are can be known, their ids cannot. */
function compareLatest(rows: readonly AthenaRow[], truth: Truth): string[] {
  const differences: string[] = [];
  const known = knownApplications(truth);
  const mine = rows.filter(({ application_id }) => application_id != null && known.has(application_id));
  const expected = Math.min(100, truth.accepted);
  if (mine.length === rows.length && rows.length !== expected) {
    differences.push(`latest-events: ${rows.length} rows and should be ${expected}`);
  }
  const arrivals = rows.map((row) => row['received_at'] ?? '');
  if (arrivals.some((at, index) => index > 0 && at > arrivals[index - 1]!)) {
    differences.push('latest-events: rows are not ordered by received_at, newest first');
  }
  const ids = new Set(rows.map((row) => `${row['application_id']} ${row['event_id']}`));
  if (ids.size !== rows.length) differences.push('latest-events: an event appears twice');
  return differences;
}

interface Arrivals {
  readonly events: number;
  readonly rejected: number;
}

/** Rows are right in themselves, and right when those of an application are added up over the days of arrival. */
function compareArrivals(report: string, rows: readonly AthenaRow[], truth: Truth): string[] {
  const differences: string[] = [];
  const days = new Set<string>();
  const sums = new Map<string | null, Arrivals>();
  for (const row of rows) {
    const id = row['application_id'] ?? null;
    const [events, rejected] = [Number(row['events']), Number(row['rejected'])];
    const sum = sums.get(id) ?? { events: 0, rejected: 0 };
    sums.set(id, { events: sum.events + events, rejected: sum.rejected + rejected });

    const day = `${id}, ${row['arrival_date']}`;
    if (days.has(day)) differences.push(`${report}: row (${day}) should be there only once`);
    days.add(day);
    if (!isClose(row['rejected_rate'], rejected / events)) {
      differences.push(`${report}: rejected_rate of (${day}) is ${text(row['rejected_rate'])}, not rejected / events`);
    }
  }
  const summed = [...sums].map(([application_id, { events, rejected }]) => {
    return { application_id, events: String(events), rejected: String(rejected) };
  });
  return [...differences, ...compareRows(report, summed, truth)];
}

function knownApplications(truth: Truth): ReadonlySet<string> {
  return new Set([...truth.applications, ...truth.rejected_events].map((one) => one.application_id));
}

function text(value: string | number | null | undefined): string {
  return value == null ? 'null' : String(value);
}

/** A decimal without the zeros it ends on; any other text as it is. */
function decimal(value: string | number | null | undefined): string {
  const written = text(value);
  const short = /^-?\d+\.\d+$/.test(written) ? written.replace(/\.?0+$/, '') : written;
  return short === '-0' ? '0' : short;
}

/** Sums of doubles depend on the order of their rows; a billionth is far below any real difference. */
function isClose(value: string | null | undefined, want: string | number | null | undefined): boolean {
  if (value == null || want == null) return value == want;
  const [left, right] = [Number(value), Number(want)];
  return Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(right));
}
