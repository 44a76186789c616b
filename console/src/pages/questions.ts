import type { Role } from '../data/source.ts';

/** Reports that answer a question: one for those who see all titles, one for a studio, which sees its own. */
interface Question {
  readonly all?: string;
  readonly studio?: string;
}

const questions = {
  dailyPlayers: { all: 'daily-active-players', studio: 'studio-activity' },
  newPlayers: { all: 'new-players-per-day', studio: 'studio-activity' },
  retention: { all: 'retention', studio: 'studio-retention' },
  revenue: { all: 'revenue-per-day', studio: 'studio-monetisation' },
  payers: { all: 'payers-per-day', studio: 'studio-monetisation' },
  lifetimeValue: { all: 'lifetime-value', studio: 'studio-lifetime-value' },
  rejectedShare: { all: 'rejected-share-per-day', studio: 'studio-rejected-share' },
  dataQuality: { all: 'rejected-events-by-version', studio: 'studio-data-quality' },
  levelFunnel: { all: 'level-funnel', studio: 'studio-level-funnel' },
  levelDifficulty: { all: 'level-difficulty', studio: 'studio-levels' },
  economy: { all: 'economy-per-day', studio: 'studio-economy' },
  titles: { all: 'title-popularity', studio: 'studio-title-popularity' },
  portfolio: { all: 'title-portfolio' },
  leagueTable: { all: 'studio-league-table' },
  revenueByStudio: { all: 'revenue-by-studio' },
  accountGrowth: { all: 'registrations-per-day' },
  closedAccounts: { all: 'closed-account-statistics' },
  registeredPlayers: { studio: 'studio-players' },
  unregistrations: { studio: 'studio-unregistrations' },
} as const satisfies Readonly<Record<string, Question>>;

export type QuestionName = keyof typeof questions;

/** The report that answers it for this caller; undefined where there is none. */
export function reportOf(question: QuestionName, role: Role): string | undefined {
  const { all, studio }: Question = questions[question];
  return role === 'studio' ? studio : all;
}
