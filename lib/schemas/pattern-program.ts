import { RE2JS } from 're2js';

/** Ranges of code points, ends included: first, last, first, last … in order. */
export type CodePointRanges = readonly number[];

/**
 * One instruction of a pattern's automaton:
 * - `r`, next, n: takes a code point that is in the n-th set
 * - `e`, next, flags: goes on where all these assertions hold (RE2's bits, see `runPattern`)
 * - `a`, next, other: goes on both ways
 * - `n`, next: goes on
 * - `m`: has matched
 * - `f`: ends without a match
 */
export type Instruction =
  readonly ['r' | 'e' | 'a', next: number, argument: number] | readonly ['n', next: number] | readonly ['m' | 'f'];

/** A pattern as an automaton without look-behind or back references: JSON that a bundle can hold in place of a compiler. */
export interface PatternProgram {
  readonly start: number;
  readonly instructions: readonly Instruction[];
  readonly sets: readonly CodePointRanges[];
}

/** Of the library's own classes, what is read here. */
interface Inst {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly runes: ArrayLike<number>;
  matchRune(rune: number): boolean;
}

interface Compiled {
  readonly prog: { readonly inst: readonly Inst[]; readonly start: number; readonly numLb: number };
}

/** The library's numbers of instructions: those that take a code point come last but for look-behind. */
const op = { alt: 1, altMatch: 2, capture: 3, emptyWidth: 4, fail: 5, match: 6, nop: 7, rune: 8, anyNotNewline: 11 };
const foldCase = 1;
const lastCodePoint = 0x10ffff;

/**
 * Compiles a pattern with RE2, which refuses what cannot be matched in linear time, and takes the automaton out of what
 * it made. The library has no door to it: its version is pinned, and tests compare both on patterns of every kind.
 * @throws Error for a pattern that is none of RE2's
 */
export function patternProgram(pattern: string): PatternProgram {
  const { prog } = (RE2JS.compile(pattern) as unknown as { readonly re2Input: Compiled }).re2Input;
  if (prog.numLb > 0) throw new Error(`look-behind is not supported: ${pattern}`);
  const sets = new Map<string, number>();
  const setOf = (inst: Inst): number => {
    const text = JSON.stringify(rangesOf(inst));
    sets.set(text, sets.get(text) ?? sets.size);
    return sets.get(text)!;
  };
  const instructions = prog.inst.map((inst): Instruction => {
    if (inst.op >= op.rune && inst.op <= op.anyNotNewline) return ['r', inst.out, setOf(inst)];
    switch (inst.op) {
      case op.emptyWidth:
        return ['e', inst.out, inst.arg];
      case op.alt:
      case op.altMatch:
        return ['a', inst.out, inst.arg];
      case op.capture:
      case op.nop:
        return ['n', inst.out];
      case op.match:
        return ['m'];
      case op.fail:
        return ['f'];
      default:
        throw new Error(`the pattern has an instruction of the unknown kind ${inst.op}: ${pattern}`);
    }
  });
  return { start: prog.start, instructions, sets: Array.from(sets.keys(), (text) => JSON.parse(text) as number[]) };
}

/** A single code point may stand for its other cases too; no more than a few dozen code points have any. */
function rangesOf(inst: Inst): CodePointRanges {
  const [only, ...more] = Array.from(inst.runes);
  if (only === undefined || more.length > 0) return Array.from(inst.runes);
  if ((inst.arg & foldCase) === 0) return [only, only];
  const ranges: number[] = [];
  for (let codePoint = 0; codePoint <= lastCodePoint; codePoint += 1) {
    if (inst.matchRune(codePoint)) ranges.push(codePoint, codePoint);
  }
  return ranges;
}
