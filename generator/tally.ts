/** Counts by a key of several strings. */
export interface Tally {
  add(key: readonly string[], amount?: number): void;
  rows(): Iterable<readonly [readonly string[], number]>;
}

const separator = '\u0000';

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    add: (key, amount = 1) => {
      const joined = key.join(separator);
      counts.set(joined, (counts.get(joined) ?? 0) + amount);
    },
    *rows() {
      for (const [key, count] of counts) yield [key.split(separator), count];
    },
  };
}
