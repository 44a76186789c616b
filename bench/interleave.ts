/**
 * Measures several arms in turns, so that a machine that slows down slows them all: every arm once in a round, in the
 * opposite order in every other one. A first round is thrown away, since compilers and caches warm up in it.
 * @param arms each runs once and resolves to what it measured
 * @returns each arm's values, round by round: those of one place belong to one round
 */
export async function interleave<Name extends string>(
  rounds: number,
  arms: Readonly<Record<Name, () => number | Promise<number>>>,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(arms) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await arms[name]();
      if (round > 0) values[name].push(value);
    }
  }
  return values;
}

/** One arm's values by another's, round by round. */
export function ratios(values: readonly number[], by: readonly number[]): readonly number[] {
  return values.map((value, round) => value / by[round]!);
}
