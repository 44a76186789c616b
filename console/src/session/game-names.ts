import { gameOf, type Row } from '../data/report.ts';

/** The games that are known so far, by id: titles have names, others are met in rows. */
export type GameNames = ReadonlyMap<string, string>;

/** The same map where rows tell nothing new, so that nothing is drawn again. */
export function withGamesOf(known: GameNames, rows: readonly Row[]): GameNames {
  const found = new Map<string, string>();
  for (const row of rows) {
    const id = gameOf(row);
    if (id === undefined) continue;
    const name = typeof row['name'] === 'string' && row['name'] !== '' ? row['name'] : undefined;
    const present = found.get(id) ?? known.get(id);
    if (present === undefined || (name !== undefined && name !== present)) found.set(id, name ?? id);
  }
  return found.size === 0 ? known : new Map([...known, ...found]);
}

/** By name, then id, as the reader's language sorts. */
export const inOrder = (games: GameNames): readonly (readonly [id: string, name: string])[] =>
  [...games].toSorted(([a, nameOfA], [b, nameOfB]) => nameOfA.localeCompare(nameOfB) || a.localeCompare(b));
