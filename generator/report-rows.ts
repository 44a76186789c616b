import {
  activePlayerRows,
  arrivalRows,
  economyRows,
  funnelRows,
  levelCompletionRows,
  levelDifficultyRows,
  levelFunnelRows,
  lifetimeRows,
  payerRows,
  playerShares,
  retentionRows,
  revenuePerDayRows,
  revenuePerPlayerRows,
  sessionRows,
  type ReportRow,
} from './expected-rows.ts';
import type { Truth } from './truth.ts';

/** How a report's columns are compared; each stands in one of the lists. */
export interface ReportColumns {
  /** Together they name a row. */
  readonly keys: readonly string[];
  /** Compared as text. */
  readonly exact?: readonly string[];
  /** Compared as decimals of any number of digits: 1.5 and 1.50 are the same. */
  readonly decimals?: readonly string[];
  /** Doubles, which may differ by what rounding makes of a sum. */
  readonly rounded?: readonly string[];
}

/** What a report must show, given what happened. */
export interface ExpectedReport extends ReportColumns {
  readonly rows: readonly ReportRow[];
}

const day = ['application_id', 'event_date'];
const level = ['application_id', 'level_id', 'level_version'];

/** Every report that is a plain function of the truth, by its name. */
export const expectedReports: Readonly<Record<string, (truth: Truth) => ExpectedReport>> = {
  'events-per-day': (truth) => ({ keys: [...day, 'event_type'], exact: ['events'], rows: truth.events_per_day }),

  'daily-active-players': (truth) => ({ keys: day, exact: ['dau'], rows: activePlayerRows(truth) }),

  'active-players': (truth) => ({
    keys: day,
    exact: ['dau', 'wau', 'mau'],
    rounded: ['stickiness'],
    rows: activePlayerRows(truth),
  }),

  'new-players-per-day': (truth) => ({
    keys: day,
    exact: ['new_players'],
    rows: truth.new_players_per_day.map((row) => ({ ...row, new_players: row.players })),
  }),

  'new-players-by-month': (truth) => ({
    keys: ['application_id', 'month'],
    exact: ['new_players'],
    rows: truth.new_players_by_month.map((row) => ({ ...row, new_players: row.players })),
  }),

  retention: (truth) => ({
    keys: ['application_id', 'cohort_date'],
    exact: ['players'],
    rounded: ['d1_rate', 'd3_rate', 'd7_rate', 'd14_rate', 'd30_rate'],
    rows: retentionRows(truth),
  }),

  'version-adoption': (truth) => splitByDay('app_version', playerShares(truth.versions_per_day, truth)),
  'players-by-country': (truth) => splitByDay('country', playerShares(truth.countries_per_day, truth)),
  'players-by-platform': (truth) => splitByDay('platform', playerShares(truth.platforms_per_day, truth)),

  'sessions-per-day': (truth) => ({
    keys: day,
    exact: ['sessions', 'dau'],
    rounded: ['sessions_per_dau', 'average_session_seconds', 'playtime_per_dau_seconds'],
    rows: sessionRows(truth),
  }),

  'payers-per-day': (truth) => ({
    keys: day,
    exact: ['dau', 'payers', 'first_time_payers'],
    rounded: ['conversion_rate', 'first_purchase_conversion_rate'],
    rows: payerRows(truth),
  }),

  'revenue-per-day': (truth) => ({
    keys: [...day, 'currency_type'],
    exact: ['transactions', 'payers'],
    decimals: ['revenue'],
    rounded: ['arpdau', 'arppu', 'average_transaction_value'],
    rows: revenuePerDayRows(truth),
  }),

  'revenue-by-month': (truth) => ({
    keys: ['application_id', 'month', 'currency_type'],
    exact: ['purchases', 'payers'],
    decimals: ['revenue'],
    rows: truth.revenue_by_month,
  }),

  'revenue-per-player': (truth) => ({
    keys: ['application_id', 'currency_type'],
    exact: ['players', 'payers'],
    decimals: ['revenue'],
    rounded: ['arpu', 'arppu'],
    rows: revenuePerPlayerRows(truth),
  }),

  'lifetime-value': (truth) => ({
    keys: ['application_id', 'cohort_date', 'currency_type'],
    exact: ['players'],
    rounded: ['ltv_0', 'ltv_1', 'ltv_3', 'ltv_7', 'ltv_14', 'ltv_30'],
    rows: lifetimeRows(truth),
  }),

  funnel: (truth) => ({
    keys: ['application_id', 'step'],
    exact: ['players', 'event_type'],
    rounded: ['from_previous_rate', 'from_first_rate'],
    rows: funnelRows(truth),
  }),

  'level-funnel': (truth) => ({
    keys: level,
    exact: ['starters', 'completers'],
    rounded: ['completer_rate', 'starter_rate'],
    rows: levelFunnelRows(truth),
  }),

  'level-completion-rate': (truth) => ({
    keys: level,
    exact: ['starts', 'failures', 'completions'],
    rounded: ['completion_rate'],
    rows: levelCompletionRows(truth),
  }),

  'level-difficulty': (truth) => ({
    keys: level,
    exact: ['starts', 'completions', 'failures', 'attempts', 'abandoned'],
    rounded: ['completion_rate', 'failure_rate', 'abandon_rate', 'attempts_per_completion'],
    rows: levelDifficultyRows(truth),
  }),

  'economy-per-day': (truth) => ({
    keys: [...day, 'virtual_currency'],
    decimals: ['source', 'sink', 'flow'],
    rounded: ['inflation_rate'],
    rows: economyRows(truth),
  }),

  'average-rating-per-day': (truth) => ({
    keys: day,
    exact: ['ratings'],
    rounded: ['average_rating'],
    rows: truth.ratings_per_day.map((row) => ({ ...row, average_rating: row.rating_sum / row.ratings })),
  }),

  'player-reports-by-reason': (truth) => ({
    keys: ['application_id', 'report_reason'],
    exact: ['reports'],
    rows: truth.player_reports,
  }),

  'rejected-events-by-reason': (truth) => ({
    keys: ['application_id', 'reason'],
    exact: ['events'],
    rows: truth.rejected_events,
  }),

  // Which version a game has is not told: rows are summed over them before they are compared.
  'rejected-events-by-version': (truth) => ({
    keys: ['application_id', 'reason'],
    exact: ['events'],
    rows: truth.rejected_events,
  }),

  // On which days events arrive is the server's matter: rows are summed over them before they are compared.
  'rejected-share-per-day': (truth) => ({
    keys: ['application_id'],
    exact: ['events', 'rejected'],
    rows: arrivalRows(truth),
  }),
};

function splitByDay(column: string, rows: readonly ReportRow[]): ExpectedReport {
  return { keys: [...day, column], exact: ['players'], rounded: ['player_rate'], rows };
}
