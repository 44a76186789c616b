import { compareRowSets, isClose, text, type AthenaRow } from './compare-row-sets.ts';
import { expectedReports } from './report-rows.ts';
import type { Truth } from './truth.ts';

export type { AthenaRow } from './compare-row-sets.ts';

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
  if (report === 'rejected-events-by-version') return compareVersions(report, rows, truth);
  return compareRows(report, rows, truth);
}

/** Rows are there once, and right when those of a reason are added up over the versions. */
function compareVersions(report: string, rows: readonly AthenaRow[], truth: Truth): string[] {
  const names = rows.map((row) => `${row['application_id']}, ${row['reason']}, ${row['app_version']}`);
  const repeated = names.filter((name, index) => names.indexOf(name) < index);
  const sums = new Map<string, AthenaRow>();
  for (const { application_id = null, reason = null, events } of rows) {
    const name = JSON.stringify([application_id, reason]);
    const sum = Number(sums.get(name)?.['events'] ?? 0) + Number(events);
    sums.set(name, { application_id, reason, events: String(sum) });
  }
  return [
    ...repeated.map((name) => `${report}: row (${name}) should be there only once`),
    ...compareRows(report, [...sums.values()], truth),
  ];
}

function compareRows(report: string, rows: readonly AthenaRow[], truth: Truth): string[] {
  const expected = expectedReports[report]?.(truth);
  if (!expected) throw new Error(`nothing is known about report ${report}; known: ${comparableReports.join(', ')}`);
  const known = knownApplications(truth);
  const mine = rows.filter(({ application_id }) => application_id == null || known.has(application_id));
  return compareRowSets(report, mine, expected);
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
