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

/** A seeded source. Tens of thousands may be open at a time: a source is its name and four numbers. */
export function createRandom(seed: string | number): Random {
  return new SeededRandom(String(seed));
}

/** xoshiro128** (Blackman and Vigna), its state filled by SplitMix32 from the seed's FNV-1a hash. */
class SeededRandom implements Random {
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(name: string) {
    const fill = splitMix32(hash(name));
    this.#name = name;
    [this.#a, this.#b, this.#c, this.#d] = [fill(), fill(), fill(), fill()];
  }

  #bits(): number {
    const result = Math.imul(rotateLeft(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotateLeft(this.#d, 11);
    return result;
  }

  next(): number {
    return this.#bits() / 0x1_0000_0000;
  }

  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)]!;
  }

  pickWeighted<T>(choices: readonly (readonly [T, number])[]): T {
    let left = this.next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [choice, weight] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    return choices.at(-1)![0];
  }

  repeats(probability: number, most: number): number {
    let count = 0;
    while (count < most && this.chance(probability)) count += 1;
    return count;
  }

  pareto(alpha: number): number {
    return (1 - this.next()) ** (-1 / alpha);
  }

  hex8(): string {
    return this.#bits().toString(16).padStart(8, '0');
  }

  fork(...labels: readonly (string | number)[]): Random {
    return new SeededRandom([this.#name, ...labels].join('/'));
  }
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
