import type { AccountRow } from './account-truth.ts';
import type { Catalogue } from './catalogue.ts';

/** Ranks of other titles that the report tells unless it is asked for more. */
const closest = 10;

/**
 * The closest other titles of each.
 * @param common players of both, at `title * titles + other`; of one title its players
 */
export function overlapRows({ games, studios }: Catalogue, common: Uint32Array): AccountRow[] {
  const describe = (index: number) => ({ ...games[index]!, studio_id: studios[games[index]!.studio]!.studio_id });
  return games.flatMap((_, title): AccountRow[] => {
    const both = common.subarray(title * games.length, (title + 1) * games.length);
    const others = [...both.entries()]
      .filter(([other, players]) => other !== title && players > 0)
      .toSorted(([, left], [, right]) => right - left);
    const { game_id, name, studio_id } = describe(title);
    return others
      .map(([other, players]) => ({ other, players, rank: 1 + others.findIndex((one) => one[1] === players) }))
      .filter(({ rank }) => rank <= closest)
      .map(({ other, players, rank }) => ({
        game_id,
        name,
        studio_id,
        other_game_id: describe(other).game_id,
        other_name: describe(other).name,
        other_studio_id: describe(other).studio_id,
        players: both[title]!,
        both_players: players,
        overlap_rate: players / both[title]!,
        overlap_rank: rank,
      }));
  });
}
