import type { Truth } from './truth.ts';

/** How a column is compared: as text, or as a number that may differ by what a double's rounding makes of a sum. */
export interface ReportColumns {
  /** Together they name a row. */
  readonly keys: readonly string[];
  readonly exact: readonly string[];
  readonly rounded: readonly string[];
}

export type ReportRow = Readonly<Record<string, string | number | null>>;

/** What a report must show, given what happened. */
export interface ExpectedReport extends ReportColumns {
  readonly rows: readonly ReportRow[];
}

/** Every report that is a plain function of the truth, by its name. */
export const expectedReports: Readonly<Record<string, (truth: Truth) => ExpectedReport>> = {
  'events-per-day': (truth) => ({
    keys: ['application_id', 'event_date', 'event_type'],
    exact: ['events'],
    rounded: [],
    rows: truth.events_per_day,
  }),

  'daily-active-players': (truth) => ({
    keys: ['application_id', 'event_date'],
    exact: ['dau'],
    rounded: [],
    rows: truth.active_players_per_day.map((day) => ({
      application_id: day.application_id,
      event_date: day.event_date,
      dau: day.players,
    })),
  }),

  'new-players-by-month': (truth) => ({
    keys: ['application_id', 'month'],
    exact: ['new_players'],
    rounded: [],
    rows: truth.new_players_by_month.map((month) => ({
      application_id: month.application_id,
      month: month.month,
      new_players: month.players,
    })),
  }),

  'sessions-per-day': (truth) => ({
    keys: ['application_id', 'event_date'],
    exact: ['sessions', 'dau'],
    rounded: ['sessions_per_dau', 'average_session_seconds', 'playtime_per_dau_seconds'],
    rows: sessionRows(truth),
  }),

  'revenue-by-month': (truth) => ({
    keys: ['application_id', 'month', 'currency_type'],
    exact: ['purchases', 'payers', 'revenue'],
    rounded: [],
    rows: truth.revenue_by_month,
  }),

  'level-completion-rate': (truth) => ({
    keys: ['application_id', 'level_id', 'level_version'],
    exact: ['starts', 'failures', 'completions'],
    rounded: ['completion_rate'],
    rows: truth.levels.map((level) => ({
      application_id: level.application_id,
      level_id: level.level_id,
      level_version: level.level_version,
      starts: level.starts,
      failures: level.failures,
      completions: level.completions,
      completion_rate: level.starts === 0 ? null : level.completions / level.starts,
    })),
  }),

  'average-rating-per-day': (truth) => ({
    keys: ['application_id', 'event_date'],
    exact: ['ratings'],
    rounded: ['average_rating'],
    rows: truth.ratings_per_day.map((day) => ({
      application_id: day.application_id,
      event_date: day.event_date,
      ratings: day.ratings,
      average_rating: day.rating_sum / day.ratings,
    })),
  }),

  'player-reports-by-reason': (truth) => ({
    keys: ['application_id', 'report_reason'],
    exact: ['reports'],
    rounded: [],
    rows: truth.player_reports,
  }),

  'rejected-events-by-reason': (truth) => ({
    keys: ['application_id', 'reason'],
    exact: ['events'],
    rounded: [],
    rows: truth.rejected_events,
  }),
};

/** A day on which people only finished yesterday's session has players and no sessions. */
function sessionRows(truth: Truth): ReportRow[] {
  const sessions = new Map(truth.sessions_per_day.map((day) => [`${day.application_id} ${day.event_date}`, day]));
  return truth.active_players_per_day.map(({ application_id, event_date, players }) => {
    const day = sessions.get(`${application_id} ${event_date}`);
    const seconds = (day?.session_milliseconds ?? 0) / 1000;
    const count = day?.sessions ?? 0;
    return {
      application_id,
      event_date,
      sessions: count,
      dau: players,
      sessions_per_dau: count / players,
      average_session_seconds: count === 0 ? null : seconds / count,
      playtime_per_dau_seconds: seconds / players,
    };
  });
}
