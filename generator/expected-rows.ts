import type { ApplicationTruth, DayCount, Truth } from './truth.ts';

/** A row that a report must show; an undefined value is not known. */
export type ReportRow = Readonly<Record<string, string | number | null | undefined>>;

/** A part of a whole; null where the part is unknown or the whole is nothing. */
function share(part: number | string | null, whole: number): number | null {
  return part === null || whole === 0 ? null : Number(part) / whole;
}

type Day = Pick<DayCount, 'application_id' | 'event_date'>;

const dayKey = ({ application_id, event_date }: Day): string => `${application_id} ${event_date}`;

/** Finds the active players of a day. */
function playersPerDay(truth: Truth): (day: Day) => number {
  const players = new Map(truth.active_players_per_day.map((day) => [dayKey(day), day.players]));
  return (day) => players.get(dayKey(day)) ?? 0;
}

function applicationOf(truth: Truth, id: string): ApplicationTruth {
  return truth.applications.find(({ application_id }) => application_id === id)!;
}

export function activePlayerRows(truth: Truth): ReportRow[] {
  return truth.active_players_per_day.map((day) => ({
    application_id: day.application_id,
    event_date: day.event_date,
    dau: day.players,
    wau: day.players_7_days,
    mau: day.players_30_days,
    stickiness: day.players / day.players_30_days,
  }));
}

export function retentionRows(truth: Truth): ReportRow[] {
  return truth.retention.map((cohort) => ({
    application_id: cohort.application_id,
    cohort_date: cohort.event_date,
    players: cohort.players,
    d1_rate: share(cohort.day_1, cohort.players),
    d3_rate: share(cohort.day_3, cohort.players),
    d7_rate: share(cohort.day_7, cohort.players),
    d14_rate: share(cohort.day_14, cohort.players),
    d30_rate: share(cohort.day_30, cohort.players),
  }));
}

/** Players of a day by some column beside these, as shares of all of them. */
export function playerShares(split: readonly DayCount[], truth: Truth): ReportRow[] {
  const active = playersPerDay(truth);
  return split.map((row) => ({ ...row, player_rate: share(row.players, active(row)) }));
}

/** A day on which people only finished yesterday's session has players and no sessions. */
export function sessionRows(truth: Truth): ReportRow[] {
  const sessions = new Map(truth.sessions_per_day.map((day) => [dayKey(day), day]));
  return truth.active_players_per_day.map(({ application_id, event_date, players }) => {
    const day = sessions.get(dayKey({ application_id, event_date }));
    const seconds = (day?.session_milliseconds ?? 0) / 1000;
    const count = day?.sessions ?? 0;
    return {
      application_id,
      event_date,
      sessions: count,
      dau: players,
      sessions_per_dau: count / players,
      average_session_seconds: share(seconds, count),
      playtime_per_dau_seconds: seconds / players,
    };
  });
}

/** A day without a purchase has a row as well. */
export function payerRows(truth: Truth): ReportRow[] {
  const days = new Map(truth.payers_per_day.map((day) => [dayKey(day), day]));
  return truth.active_players_per_day.map(({ application_id, event_date, players }) => {
    const day = days.get(dayKey({ application_id, event_date }));
    const [payers, first_time_payers] = [day?.payers ?? 0, day?.first_time_payers ?? 0];
    return {
      application_id,
      event_date,
      dau: players,
      payers,
      conversion_rate: share(payers, players),
      first_time_payers,
      first_purchase_conversion_rate: share(first_time_payers, players),
    };
  });
}

export function revenuePerDayRows(truth: Truth): ReportRow[] {
  const active = playersPerDay(truth);
  return truth.revenue_per_day.map((day) => ({
    ...day,
    arpdau: share(day.revenue, active(day)),
    arppu: share(day.revenue, day.payers),
    average_transaction_value: share(day.revenue, day.transactions),
  }));
}

export function revenuePerPlayerRows(truth: Truth): ReportRow[] {
  return truth.revenue_per_currency.map(({ application_id, currency_type, revenue, payers }) => {
    const { players } = applicationOf(truth, application_id);
    const [arpu, arppu] = [share(revenue, players), share(revenue, payers)];
    return { application_id, currency_type, revenue, players, payers, arpu, arppu };
  });
}

export function lifetimeRows(truth: Truth): ReportRow[] {
  return truth.lifetime_revenue.map((cohort) => ({
    application_id: cohort.application_id,
    cohort_date: cohort.event_date,
    currency_type: cohort.currency_type,
    players: cohort.players,
    ltv_0: share(cohort.through_0, cohort.players),
    ltv_1: share(cohort.through_1, cohort.players),
    ltv_3: share(cohort.through_3, cohort.players),
    ltv_7: share(cohort.through_7, cohort.players),
    ltv_14: share(cohort.through_14, cohort.players),
    ltv_30: share(cohort.through_30, cohort.players),
  }));
}

/**
 * Games in which somebody made the first step. What nobody did in order may have happened out of it, so whether the
 * report names its type is not known.
 */
export function funnelRows(truth: Truth): ReportRow[] {
  const players = (app: string, step: number) =>
    truth.funnel.find((row) => row.application_id === app && row.step === step)?.players ?? 0;
  return truth.funnel
    .filter(({ application_id }) => players(application_id, 1) > 0)
    .map(({ application_id, step, event_type, players: reached }) => ({
      application_id,
      step,
      event_type: reached === 0 ? undefined : event_type,
      players: reached,
      from_previous_rate: step === 1 ? null : share(reached, players(application_id, step - 1)),
      from_first_rate: share(reached, players(application_id, 1)),
    }));
}

export function levelFunnelRows(truth: Truth): ReportRow[] {
  return truth.levels
    .filter(({ starters, completers }) => starters + completers > 0)
    .map(({ application_id, level_id, level_version, starters, completers }) => ({
      application_id,
      level_id,
      level_version,
      starters,
      completers,
      completer_rate: share(completers, starters),
      starter_rate: share(starters, applicationOf(truth, application_id).level_starters),
    }));
}

export function levelCompletionRows(truth: Truth): ReportRow[] {
  return truth.levels.map(({ application_id, level_id, level_version, starts, failures, completions }) => {
    const completion_rate = share(completions, starts);
    return { application_id, level_id, level_version, starts, failures, completions, completion_rate };
  });
}

export function levelDifficultyRows(truth: Truth): ReportRow[] {
  return truth.levels.map(({ application_id, level_id, level_version, starts, completions, failures }) => {
    const attempts = completions + failures;
    const abandoned = Math.max(starts - attempts, 0);
    return {
      application_id,
      level_id,
      level_version,
      starts,
      completions,
      failures,
      attempts,
      completion_rate: share(completions, starts),
      failure_rate: share(failures, starts),
      abandoned,
      abandon_rate: share(abandoned, starts),
      attempts_per_completion: share(attempts, completions),
    };
  });
}

const hundredths = (amount: string): number => Math.round(Number(amount) * 100);

export function economyRows(truth: Truth): ReportRow[] {
  return truth.economy_per_day.map(({ application_id, event_date, virtual_currency, earned, spent }) => {
    const flow = hundredths(earned) - hundredths(spent);
    return {
      application_id,
      event_date,
      virtual_currency,
      source: earned,
      sink: spent,
      flow: (flow / 100).toFixed(2),
      inflation_rate: share(flow, hundredths(earned)),
    };
  });
}

/** Everything that arrived, copies and rejected events among it. */
export function arrivalRows(truth: Truth): ReportRow[] {
  const rows = new Map<string, { readonly events: number; readonly rejected: number }>();
  for (const { application_id, accepted, duplicates } of truth.applications) {
    rows.set(application_id, { events: accepted + duplicates, rejected: 0 });
  }
  for (const { application_id, events } of truth.rejected_events) {
    const row = rows.get(application_id) ?? { events: 0, rejected: 0 };
    rows.set(application_id, { events: row.events + events, rejected: row.rejected + events });
  }
  return [...rows]
    .filter(([, { events }]) => events > 0)
    .map(([application_id, { events, rejected }]) => ({ application_id, events, rejected }));
}
