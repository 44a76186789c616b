import type { Tallies } from './tallies.ts';
import type { Truth } from './truth.ts';
import { dayName, dayNumber } from './utc-day.ts';

export interface CountedGame {
  readonly applicationId: string;
  readonly name: string;
}

/** What is known about a run beside its counts. */
export interface RunFacts {
  readonly seed: string;
  readonly sent: number;
  readonly acknowledged: number;
  /** Day number on which the run ends: a cohort's day is counted only when it was over by then. */
  readonly today: number;
}

interface Facts extends RunFacts {
  readonly games: readonly CountedGame[];
  /** Per game, in the order of `games`. */
  readonly totals: readonly { readonly accepted: number; readonly duplicates: number; readonly players: number }[];
  readonly late: number;
  readonly firstDay: number;
  readonly lastDay: number;
}

/** Writes the counts down as facts. */
export function truthFromTallies(tallies: Tallies, facts: Facts): Truth {
  const { seed, sent, acknowledged, today, games, totals, late, firstDay, lastDay } = facts;
  const returned = lookUp(tallies.returned.rows());
  const sessionTime = lookUp(tallies.sessionTime.rows());
  const purchases = lookUp(tallies.purchases.rows());
  const payers = lookUp(tallies.payers.rows());
  const ratingSums = lookUp(tallies.ratingSums.rows());
  const rejected = [...tallies.rejected.rows()];

  return {
    seed,
    first_date: dayName(firstDay),
    last_date: dayName(lastDay),
    sent,
    acknowledged,
    accepted: sum(totals.map((total) => total.accepted)),
    duplicates: sum(totals.map((total) => total.duplicates)),
    rejected: sum(rejected.map(([, events]) => events)),
    late,
    applications: games.map(({ applicationId, name }, game) => {
      const { accepted, duplicates, players } = totals[game]!;
      return { application_id: applicationId, name, accepted, duplicates, players };
    }),
    rejected_events: rejected.map(([[app, reason], events]) => ({ application_id: app!, reason: reason!, events })),
    events_per_day: [...tallies.eventsPerDay.rows()].map(([[app, date, type], events]) => ({
      application_id: app!,
      event_date: date!,
      event_type: type!,
      events,
    })),
    active_players_per_day: dayCounts(tallies.activePerDay.rows()),
    new_players_per_day: dayCounts(tallies.newPerDay.rows()),
    new_players_by_month: [...tallies.newPerMonth.rows()].map(([[app, month], players]) => ({
      application_id: app!,
      month: month!,
      players,
    })),
    retention: dayCounts(tallies.newPerDay.rows()).map((cohort) => {
      const on = (days: number) =>
        dayNumber(Date.parse(cohort.event_date)) + days < today
          ? returned(cohort.application_id, cohort.event_date, String(days))
          : null;
      return Object.assign(cohort, { day_1: on(1), day_7: on(7) });
    }),
    sessions_per_day: [...tallies.sessions.rows()].map(([[app, date], sessions]) => ({
      application_id: app!,
      event_date: date!,
      sessions,
      session_milliseconds: sessionTime(app!, date!),
    })),
    revenue_by_month: [...tallies.revenue.rows()].map(([[app, month, currency], amount]) => ({
      application_id: app!,
      month: month!,
      currency_type: currency!,
      purchases: purchases(app!, month!, currency!),
      payers: payers(app!, month!, currency!),
      revenue: decimal(amount),
    })),
    levels: levelRows(tallies.levels.rows()),
    ratings_per_day: [...tallies.ratings.rows()].map(([[app, date], ratings]) => ({
      application_id: app!,
      event_date: date!,
      ratings,
      rating_sum: ratingSums(app!, date!),
    })),
    player_reports: [...tallies.reports.rows()].map(([[app, reason], reports]) => ({
      application_id: app!,
      report_reason: reason!,
      reports,
    })),
  };
}

type TallyRows = Iterable<readonly [readonly string[], number]>;

function lookUp(rows: TallyRows): (...key: readonly string[]) => number {
  const counts = new Map([...rows].map(([key, count]) => [key.join('\n'), count]));
  return (...key) => counts.get(key.join('\n')) ?? 0;
}

function dayCounts(rows: TallyRows): Truth['active_players_per_day'] {
  return [...rows].map(([[app, date], players]) => ({ application_id: app!, event_date: date!, players }));
}

function levelRows(rows: TallyRows): Truth['levels'] {
  const all = [...rows];
  const count = lookUp(all);
  const levels = new Set(all.map(([key]) => key.slice(0, 3).join('\n')));
  return [...levels].map((level) => {
    const [app, id, version] = level.split('\n') as [string, string, string];
    return {
      application_id: app,
      level_id: id,
      level_version: version,
      starts: count(app, id, version, 'level_started'),
      failures: count(app, id, version, 'level_failed'),
      completions: count(app, id, version, 'level_completed'),
    };
  });
}

function decimal(amount: number): string {
  const digits = String(Math.abs(amount)).padStart(5, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
