import type { AccountLife, RegisteredSpan } from './account-life.ts';
import type { AccountRow, AccountTruth } from './account-truth.ts';
import type { Catalogue } from './catalogue.ts';
import { createClosedGroups } from './closed-groups.ts';
import { overlapRows } from './overlap-rows.ts';
import { leagueRows, ownTitleRows, titleRows, type Popularity } from './popularity-rows.ts';

/** What is told: a moment, and the period of days that ends with it. */
export interface ToldPeriod {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** UTC, both inclusive. */
  readonly fromDate: string;
  readonly toDate: string;
}

/** Counts accounts while they are made up. Memory grows with titles and days, not with players. */
export interface AccountTally {
  add(life: AccountLife): void;
  truth(facts: Pick<AccountTruth, 'seed' | 'records'>): AccountTruth;
}

/** What happened on a day. */
interface Changes {
  registrations: number;
  unregistrations: number;
  ended_by_closure: number;
  opened_accounts: number;
  closed_accounts: number;
}

const noChanges: Changes = {
  registrations: 0,
  unregistrations: 0,
  ended_by_closure: 0,
  opened_accounts: 0,
  closed_accounts: 0,
};

export function createAccountTally(catalogue: Catalogue, period: ToldPeriod): AccountTally {
  const { at, fromDate, toDate } = period;
  const titles: Popularity[] = catalogue.games.map(() => ({ active: 0, before: 0, opened: 0, closed: 0 }));
  const activePlayers = catalogue.studios.map(() => 0);
  const common = new Uint32Array(catalogue.games.length ** 2);
  const days = new Map<string, Changes>();
  const closedGroups = createClosedGroups();
  const rows = { players: 0, studios: catalogue.studios.length, games: catalogue.games.length, player_games: 0 };

  const isInPeriod = (date: string) => date >= fromDate && date <= toDate;
  const change = (kind: keyof Changes, when: number) => {
    const date = dateOf(when);
    if (!isInPeriod(date)) return;
    const day = days.get(date) ?? { ...noChanges };
    days.set(date, day);
    day[kind] += 1;
  };
  const isActive = ({ startAt, endAt }: RegisteredSpan) => startAt <= at && (endAt === undefined || endAt > at);
  const countTitle = (one: RegisteredSpan) => {
    const title = titles[one.game]!;
    const [start, end] = [dateOf(one.startAt), one.endAt === undefined ? undefined : dateOf(one.endAt)];
    if (isActive(one)) title.active += 1;
    if (start < fromDate && (end === undefined || end >= fromDate)) title.before += 1;
    if (isInPeriod(start)) title.opened += 1;
    if (end !== undefined && isInPeriod(end)) title.closed += 1;
  };

  return {
    add: (life) => {
      rows.players += 1;
      rows.player_games += life.registrations.length;
      change('opened_accounts', life.startAt);
      if (life.endAt !== undefined) {
        change('closed_accounts', life.endAt);
        closedGroups.add(life, life.endAt);
      }
      for (const one of life.registrations) {
        countTitle(one);
        change('registrations', one.startAt);
        if (one.endAt !== undefined)
          change(one.endAt === life.endAt ? 'ended_by_closure' : 'unregistrations', one.endAt);
      }
      const active = life.registrations.filter(isActive).map(({ game }) => game);
      for (const game of active) for (const other of active) common[game * titles.length + other]! += 1;
      for (const studio of new Set(active.map((game) => catalogue.games[game]!.studio))) activePlayers[studio]! += 1;
    },
    truth: (facts) => ({
      ...facts,
      at: new Date(at).toISOString().replace('T', ' ').replace('Z', ''),
      from_date: fromDate,
      to_date: toDate,
      rows,
      closed_accounts: closedGroups.accounts(),
      reports: {
        'title-popularity': titleRows(catalogue, titles),
        'studio-league-table': leagueRows(catalogue, titles, activePlayers),
        'closed-account-statistics': closedGroups.rows(),
        'cross-title-overlap': overlapRows(catalogue, common),
        'registrations-per-day': [...days].map(([date, day]) => dayRow(date, day)),
        'studio-title-popularity': ownTitleRows(catalogue, titles),
      },
    }),
  };
}

function dayRow(change_date: string, day: Changes): AccountRow {
  return {
    change_date,
    ...day,
    net_growth: day.registrations - day.unregistrations - day.ended_by_closure,
    account_growth: day.opened_accounts - day.closed_accounts,
  };
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
