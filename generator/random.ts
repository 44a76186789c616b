/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** From 0 (inclusive) to 1 (exclusive), 32 bits fine. */
  next(): number;
  /** A whole number from `low` to `high`, both inclusive. */
  integer(low: number, high: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** Picks by weight; weights need not add up to 1. */
  pickWeighted<T>(choices: readonly (readonly [T, number])[]): T;
  /** How often a thing happens that goes on with this probability: 0, 1, 2 … up to `most`. */
  repeats(probability: number, most: number): number;
  /** A heavy tail: at least 1, and above x with probability x^-alpha. */
  pareto(alpha: number): number;
  /** Eight lower-case hexadecimal digits. */
  hex8(): string;
  /** Another source, which depends on this one's seed and the labels alone, not on what was drawn before. */
  fork(...labels: readonly (string | number)[]): Random;
}

/** A seeded source: xoshiro128** (Blackman and Vigna), its state filled by SplitMix32 from the seed's FNV-1a hash. */
export function createRandom(seed: string | number): Random {
  const name = String(seed);
  const fill = splitMix32(hash(name));
  let [a, b, c, d] = [fill(), fill(), fill(), fill()];

  function bits(): number {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  }

  const next = () => bits() / 0x1_0000_0000;
  const random: Random = {
    next,
    integer: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
    pick: (choices) => choices[Math.floor(next() * choices.length)]!,
    pickWeighted: (choices) => {
      let left = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [choice, weight] of choices) {
        left -= weight;
        if (left < 0) return choice;
      }
      return choices.at(-1)![0];
    },
    repeats: (probability, most) => {
      let count = 0;
      while (count < most && random.chance(probability)) count += 1;
      return count;
    },
    pareto: (alpha) => (1 - next()) ** (-1 / alpha),
    hex8: () => bits().toString(16).padStart(8, '0'),
    fork: (...labels) => createRandom([name, ...labels].join('/')),
  };
  return random;
}

function rotateLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function hash(text: string): number {
  let result = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    result = Math.imul(result ^ text.charCodeAt(index), 0x01000193);
  }
  return result >>> 0;
}

function splitMix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
}
