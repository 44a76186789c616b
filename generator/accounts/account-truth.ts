/**
 * What really happened in a world of accounts, as the reports tell it under these parameters. Days are UTC. A column
 * that is not there is not known.
 */
export interface AccountTruth {
  readonly seed: string;
  /** `at` of the reports that tell of a moment: `YYYY-MM-DD HH:MM:SS.mmm`, UTC. */
  readonly at: string;
  /** The period of those that tell of one, both inclusive. */
  readonly from_date: string;
  readonly to_date: string;
  /** Rows of the account tables. */
  readonly rows: Readonly<Record<'players' | 'studios' | 'games' | 'player_games', number>>;
  readonly closed_accounts: number;
  /** Records told, each time that they were. */
  readonly records: number;
  /** Rows by report; those of studio reports bear the `studio_id` that they are for. */
  readonly reports: Readonly<Record<AccountReport, readonly AccountRow[]>>;
}

export const accountReports = [
  'title-popularity',
  'studio-league-table',
  'closed-account-statistics',
  'cross-title-overlap',
  'registrations-per-day',
  'studio-title-popularity',
] as const;

/** A report that the truth can judge. */
export type AccountReport = (typeof accountReports)[number];

export type AccountRow = Readonly<Record<string, string | number | null>>;
