import { funnelSteps, lifetimeDays, retentionDays } from './life-record.ts';
import { moneyUnits, virtualUnits, type Tallies } from './tallies.ts';
import type { DayCount, Truth } from './truth.ts';
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
  const rejected = [...tallies.rejected.rows()];
  const levelStarters = lookUp(tallies.playersOfLevels.rows());

  return {
    seed,
    first_date: dayName(firstDay),
    last_date: dayName(lastDay),
    as_of_date: dayName(today),
    sent,
    acknowledged,
    accepted: sum(totals.map((total) => total.accepted)),
    duplicates: sum(totals.map((total) => total.duplicates)),
    rejected: sum(rejected.map(([, events]) => events)),
    late,
    applications: games.map(({ applicationId, name }, game) => {
      const { accepted, duplicates, players } = totals[game]!;
      const level_starters = levelStarters(applicationId);
      return { application_id: applicationId, name, accepted, duplicates, players, level_starters };
    }),
    rejected_events: rejected.map(([[app, reason], events]) => ({ application_id: app!, reason: reason!, events })),
    events_per_day: [...tallies.eventsPerDay.rows()].map(([[app, date, type], events]) => ({
      application_id: app!,
      event_date: date!,
      event_type: type!,
      events,
    })),
    active_players_per_day: activeRows(tallies, games),
    new_players_per_day: dayCounts(tallies.newPerDay.rows()),
    new_players_by_month: [...tallies.newPerMonth.rows()].map(([[app, month], players]) => ({
      application_id: app!,
      month: month!,
      players,
    })),
    retention: retentionRows(tallies, today),
    versions_per_day: splitRows('app_version', tallies.versions.rows()),
    countries_per_day: splitRows('country', tallies.countries.rows()),
    platforms_per_day: splitRows('platform', tallies.platforms.rows()),
    sessions_per_day: sessionRows(tallies),
    payers_per_day: payerRows(tallies),
    ...revenueRows(tallies),
    lifetime_revenue: lifetimeRows(tallies, today),
    funnel: funnelRows(tallies, games),
    levels: levelRows(tallies),
    economy_per_day: economyRows(tallies),
    ratings_per_day: ratingRows(tallies),
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

function dayCounts(rows: TallyRows): DayCount[] {
  return [...rows].map(([[app, date], players]) => ({ application_id: app!, event_date: date!, players }));
}

function splitRows<Column extends string>(column: Column, rows: TallyRows) {
  return [...rows].map(([[app, date, value], players]) => {
    const split = { [column]: value === '' ? null : value! } as Record<Column, string | null>;
    return Object.assign(split, { application_id: app!, event_date: date!, players });
  });
}

function activeRows(tallies: Tallies, games: readonly CountedGame[]): Truth['active_players_per_day'] {
  const [week, month] = [tallies.activeWeekChanges, tallies.activeMonthChanges].map((changes) =>
    runningSums(changes.rows(), games),
  ) as [RunningSums, RunningSums];
  return dayCounts(tallies.activePerDay.rows()).map((day) => {
    const number = dayNumber(Date.parse(day.event_date));
    return Object.assign(day, {
      players_7_days: week(day.application_id, number),
      players_30_days: month(day.application_id, number),
    });
  });
}

type RunningSums = (app: string, day: number) => number;

/** The sum of all changes up to and with a day on which there is one. */
function runningSums(rows: TallyRows, games: readonly CountedGame[]): RunningSums {
  const changes = [...rows].map(([[app, day], change]) => ({ app, day: Number(day), change }));
  const sums = games.map(({ applicationId }) => {
    let total = 0;
    const days = changes.filter(({ app }) => app === applicationId).toSorted((a, b) => a.day - b.day);
    const byDay = days.map(({ day, change }) => {
      total += change;
      return [day, total] as const;
    });
    return [applicationId, new Map(byDay)] as const;
  });
  const byApp = new Map(sums);
  return (app, day) => byApp.get(app)?.get(day) ?? 0;
}

/** Whether so many days after a cohort's own day were over when the run ended. */
function isOver({ event_date }: DayCount, days: number, today: number): boolean {
  return dayNumber(Date.parse(event_date)) + days < today;
}

function retentionRows(tallies: Tallies, today: number): Truth['retention'] {
  const returned = lookUp(tallies.returned.rows());
  return dayCounts(tallies.newPerDay.rows()).map((cohort) => {
    const [day_1, day_3, day_7, day_14, day_30] = retentionDays.map((days) =>
      isOver(cohort, days, today) ? returned(cohort.application_id, cohort.event_date, String(days)) : null,
    ) as [number | null, number | null, number | null, number | null, number | null];
    return Object.assign(cohort, { day_1, day_3, day_7, day_14, day_30 });
  });
}

function sessionRows(tallies: Tallies): Truth['sessions_per_day'] {
  const time = lookUp(tallies.sessionTime.rows());
  return [...tallies.sessions.rows()].map(([[app, date], sessions]) => ({
    application_id: app!,
    event_date: date!,
    sessions,
    session_milliseconds: time(app!, date!),
  }));
}

function payerRows(tallies: Tallies): Truth['payers_per_day'] {
  const first = lookUp(tallies.firstTimePayers.rows());
  return [...tallies.payersPerDay.rows()].map(([[app, date], payers]) => ({
    application_id: app!,
    event_date: date!,
    payers,
    first_time_payers: first(app!, date!),
  }));
}

function revenueRows(tallies: Tallies): Pick<Truth, 'revenue_per_day' | 'revenue_by_month' | 'revenue_per_currency'> {
  const daily = [tallies.transactionsPerDay, tallies.currencyPayersPerDay].map((tally) => lookUp(tally.rows()));
  const monthly = [tallies.transactionsPerMonth, tallies.currencyPayersPerMonth].map((tally) => lookUp(tally.rows()));
  const payers = lookUp(tallies.currencyPayers.rows());
  const totals = new Map<string, number>();
  for (const [[app, , currency], amount] of tallies.revenuePerDay.rows()) {
    const key = `${app}\n${currency}`;
    totals.set(key, (totals.get(key) ?? 0) + amount);
  }
  return {
    revenue_per_day: [...tallies.revenuePerDay.rows()].map(([key, amount]) => ({
      application_id: key[0]!,
      event_date: key[1]!,
      currency_type: key[2]!,
      revenue: decimal(amount, moneyUnits),
      transactions: daily[0]!(...key),
      payers: daily[1]!(...key),
    })),
    revenue_by_month: [...tallies.revenuePerMonth.rows()].map(([key, amount]) => ({
      application_id: key[0]!,
      month: key[1]!,
      currency_type: key[2]!,
      purchases: monthly[0]!(...key),
      payers: monthly[1]!(...key),
      revenue: decimal(amount, moneyUnits),
    })),
    revenue_per_currency: [...totals].map(([key, amount]) => {
      const [app, currency] = key.split('\n') as [string, string];
      return {
        application_id: app,
        currency_type: currency,
        revenue: decimal(amount, moneyUnits),
        payers: payers(app, currency),
      };
    }),
  };
}

/** Every cohort with every currency that anybody of the application ever paid in. */
function lifetimeRows(tallies: Tallies, today: number): Truth['lifetime_revenue'] {
  const revenue = lookUp(tallies.lifetimeRevenue.rows());
  const currencies = new Map<string, Set<string>>();
  for (const [[app, , currency]] of tallies.revenuePerDay.rows()) {
    currencies.set(app!, (currencies.get(app!) ?? new Set()).add(currency!));
  }
  return dayCounts(tallies.newPerDay.rows()).flatMap((cohort) =>
    [...(currencies.get(cohort.application_id) ?? [])].map((currency) => {
      const through = lifetimeDays.map((days) => {
        const amount = revenue(cohort.application_id, cohort.event_date, currency, String(days));
        return isOver(cohort, days, today) ? decimal(amount, moneyUnits) : null;
      });
      const [through_0, through_1, through_3, through_7, through_14, through_30] = through as [
        string | null,
        string | null,
        string | null,
        string | null,
        string | null,
        string | null,
      ];
      const sums = { through_0, through_1, through_3, through_7, through_14, through_30 };
      return Object.assign({ currency_type: currency }, cohort, sums);
    }),
  );
}

function funnelRows(tallies: Tallies, games: readonly CountedGame[]): Truth['funnel'] {
  const players = lookUp(tallies.funnel.rows());
  return games.flatMap(({ applicationId }) =>
    funnelSteps.map((event_type, index) => ({
      application_id: applicationId,
      step: index + 1,
      event_type,
      players: players(applicationId, String(index + 1)),
    })),
  );
}

function levelRows(tallies: Tallies): Truth['levels'] {
  const count = lookUp(tallies.levels.rows());
  const starters = lookUp(tallies.levelStarters.rows());
  const completers = lookUp(tallies.levelCompleters.rows());
  const levels = new Set([...tallies.levels.rows()].map(([key]) => key.slice(0, 3).join('\n')));
  return [...levels].map((level) => {
    const [app, id, version] = level.split('\n') as [string, string, string];
    return {
      application_id: app,
      level_id: id,
      level_version: version,
      starts: count(app, id, version, 'level_started'),
      failures: count(app, id, version, 'level_failed'),
      completions: count(app, id, version, 'level_completed'),
      starters: starters(app, id, version),
      completers: completers(app, id, version),
    };
  });
}

function economyRows(tallies: Tallies): Truth['economy_per_day'] {
  const [earned, spent] = [lookUp(tallies.earned.rows()), lookUp(tallies.spent.rows())];
  const keys = new Set([...tallies.earned.rows(), ...tallies.spent.rows()].map(([key]) => key.join('\n')));
  return [...keys].map((joined) => {
    const [app, date, currency] = joined.split('\n') as [string, string, string];
    return {
      application_id: app,
      event_date: date,
      virtual_currency: currency,
      earned: decimal(earned(app, date, currency), virtualUnits),
      spent: decimal(spent(app, date, currency), virtualUnits),
    };
  });
}

function ratingRows(tallies: Tallies): Truth['ratings_per_day'] {
  const sums = lookUp(tallies.ratingSums.rows());
  return [...tallies.ratings.rows()].map(([[app, date], ratings]) => ({
    application_id: app!,
    event_date: date!,
    ratings,
    rating_sum: sums(app!, date!),
  }));
}

/** A whole number of units, such as hundredths, as a decimal string. */
function decimal(amount: number, units: number): string {
  const places = String(units).length - 1;
  const digits = String(Math.abs(amount)).padStart(places + 1, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
