import type { AccountRow } from './account-truth.ts';
import type { Catalogue } from './catalogue.ts';

/** Registrations for a title. */
export interface Popularity {
  /** At the moment. */
  active: number;
  /** As the period begins. */
  before: number;
  /** That begin in it. */
  opened: number;
  /** That end in it. */
  closed: number;
}

export function titleRows(catalogue: Catalogue, titles: readonly Popularity[]): AccountRow[] {
  const all = sum(titles.map(({ active }) => active));
  const ranks = ranksOf(titles.map(({ active }) => active));
  return ownTitleRows(catalogue, titles).map((row, index) =>
    Object.assign(row, { active_rate: share(titles[index]!.active, all), popularity_rank: ranks[index]! }),
  );
}

/** Each title among those of its studio. */
export function ownTitleRows({ games, studios }: Catalogue, titles: readonly Popularity[]): AccountRow[] {
  return games.map(({ game_id, name, category, studio }, index) => {
    const rivals = titles.filter((_, other) => games[other]!.studio === studio);
    const { active } = titles[index]!;
    return {
      game_id,
      name,
      category,
      studio_id: studios[studio]!.studio_id,
      ...columnsOf(titles[index]!),
      rank_in_studio: 1 + rivals.filter((rival) => rival.active > active).length,
    };
  });
}

export function leagueRows(
  { games, studios }: Catalogue,
  titles: readonly Popularity[],
  players: readonly number[],
): AccountRow[] {
  const sums = studios.map((_, studio) => {
    const own = titles.filter((_title, index) => games[index]!.studio === studio);
    const of = (column: keyof Popularity) => sum(own.map((title) => title[column]));
    return {
      games: own.length,
      active: of('active'),
      before: of('before'),
      opened: of('opened'),
      closed: of('closed'),
    };
  });
  const ranks = ranksOf(sums.map(({ active }) => active));
  return studios.map(({ studio_id, name, location }, index) => ({
    studio_id,
    name,
    location,
    games: sums[index]!.games,
    players: players[index]!,
    ...columnsOf(sums[index]!),
    league_rank: ranks[index]!,
  }));
}

function columnsOf({ active, before, opened, closed }: Popularity) {
  return {
    active,
    new_registrations: opened,
    closed_registrations: closed,
    active_before: before,
    trend_rate: share(opened - closed, before),
  };
}

/** 1 is the largest; equal ones share a rank. */
function ranksOf(values: readonly number[]): number[] {
  const places = new Map<number, number>();
  for (const [index, value] of values.toSorted((a, b) => b - a).entries()) {
    if (!places.has(value)) places.set(value, index + 1);
  }
  return values.map((value) => places.get(value)!);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
