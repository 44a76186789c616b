import { compareRowSets, type AthenaRow } from '../compare-row-sets.ts';
import type { ReportColumns } from '../report-rows.ts';
import type { AccountReport, AccountTruth } from './account-truth.ts';

const popularity = ['active', 'new_registrations', 'closed_registrations', 'active_before'];

/** How the columns of each report are compared. */
const columnsOf: Readonly<Record<AccountReport, ReportColumns>> = {
  'title-popularity': {
    keys: ['game_id'],
    exact: ['name', 'category', 'studio_id', ...popularity, 'popularity_rank', 'rank_in_studio'],
    rounded: ['trend_rate', 'active_rate'],
  },
  'studio-league-table': {
    keys: ['studio_id'],
    exact: ['name', 'location', 'games', 'players', ...popularity, 'league_rank'],
    rounded: ['trend_rate'],
  },
  'closed-account-statistics': { keys: ['breakdown', 'value'], exact: ['accounts'] },
  'cross-title-overlap': {
    keys: ['game_id', 'other_game_id'],
    exact: ['name', 'studio_id', 'other_name', 'other_studio_id', 'players', 'both_players', 'overlap_rank'],
    rounded: ['overlap_rate'],
  },
  'registrations-per-day': {
    keys: ['change_date'],
    exact: [
      'registrations',
      'unregistrations',
      'ended_by_closure',
      'net_growth',
      'opened_accounts',
      'closed_accounts',
      'account_growth',
    ],
  },
  'studio-title-popularity': {
    keys: ['game_id'],
    exact: ['name', 'category', ...popularity, 'rank_in_studio'],
    rounded: ['trend_rate'],
  },
};

/**
 * Differences between a report and what really happened, one sentence each; none if they agree. The spend of closed
 * accounts is not known to the truth, and not judged.
 * @param studioId whose report it is; of a studio's report only
 */
export function compareAccountTruth(
  report: AccountReport,
  rows: readonly AthenaRow[],
  truth: AccountTruth,
  studioId?: string,
): string[] {
  const all = truth.reports[report];
  const expected = studioId === undefined ? all : all.filter((row) => row['studio_id'] === studioId);
  const judged = rows.filter((row) => row['breakdown'] !== 'spend_band');
  return compareRowSets(report, judged, { ...columnsOf[report], rows: expected });
}

/** The values of a report's parameters under which it tells what the truth tells. */
export function momentOf(report: AccountReport, truth: AccountTruth): Readonly<Record<string, string>> {
  const { at, from_date, to_date } = truth;
  if (report === 'closed-account-statistics') return {};
  if (report === 'registrations-per-day') return { from_date, to_date };
  return report === 'cross-title-overlap' ? { at } : { at, from_date, to_date };
}
