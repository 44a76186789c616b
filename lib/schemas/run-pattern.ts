import type { PatternProgram } from './pattern-program.ts';

/** RE2's bits of assertions. */
const assertion = {
  lineBegin: 1,
  lineEnd: 2,
  textBegin: 4,
  textEnd: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
} as const;

/** What an assertion asks of the code point on either side of a place. */
const side = { none: 0, newline: 1, word: 2, other: 3 } as const;
type Side = (typeof side)[keyof typeof side];

/** States of the automaton that are remembered; a pattern that has more is matched all the same, in the same time per character or little more. */
const maxStates = 1_000;

/** A set of instructions that a place in the text was reached with, and what comes of each kind of code point there. */
interface State {
  readonly threads: readonly number[];
  readonly before: Side;
  /** By class of code points. */
  readonly next: (State | true | undefined)[];
}

/**
 * Finds whether a text holds a match, in time that grows with the text and no faster: every place of the text is looked
 * at once, with all ways to get there followed together. States are worked out when they are first met.
 */
export function runPattern(program: PatternProgram): (text: string) => boolean {
  const { instructions, sets, start } = program;
  const starts = classStarts(sets);
  /** The class behind the last: the end of the text. */
  const end = starts.length;
  const classes = new Uint16Array(128).map((_, codePoint) => classOf(starts, codePoint));
  let states = new Map<string, State>();

  const stateOf = (threads: readonly number[], before: Side): State => {
    const key = `${before}:${threads.join()}`;
    const known = states.get(key);
    if (known) return known;
    if (states.size >= maxStates) states = new Map();
    const state: State = { threads, before, next: [] };
    states.set(key, state);
    return state;
  };

  /** The state behind a code point of a class, or whether all of it has matched before. */
  const step = ({ threads, before }: State, kind: number): State | true => {
    const codePoint = starts[kind];
    const after = codePoint === undefined ? side.none : sideOf(codePoint);
    const holds = assertionsBetween(before, after);
    const reached = new Set<number>();
    const taken = new Set<number>();
    // A match may begin anywhere.
    const open = [start, ...threads];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      const instruction = instructions[at]!;
      switch (instruction[0]) {
        case 'm':
          return true;
        case 'n':
          open.push(instruction[1]);
          break;
        case 'a':
          open.push(instruction[1], instruction[2]);
          break;
        case 'e':
          if ((instruction[2] & ~holds) === 0) open.push(instruction[1]);
          break;
        case 'r':
          if (codePoint !== undefined && isIn(sets[instruction[2]]!, codePoint)) taken.add(instruction[1]);
          break;
        case 'f':
          break;
      }
    }
    return stateOf(
      Array.from(taken).toSorted((left, right) => left - right),
      after,
    );
  };

  const first = stateOf([], side.none);
  return (text) => {
    let state = first;
    for (let at = 0; at <= text.length; at += 1) {
      let kind = end;
      if (at < text.length) {
        const codePoint = text.codePointAt(at)!;
        if (codePoint > 0xffff) at += 1;
        kind = codePoint < 128 ? classes[codePoint]! : classOf(starts, codePoint);
      }
      const next = (state.next[kind] ??= step(state, kind));
      if (next === true) return true;
      state = next;
    }
    return false;
  };
}

/** Every pattern's assertions see these apart. */
const sidesApart = [
  [0x0a, 0x0a],
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
].flat();

/** First code points of the classes that no instruction and no assertion tells apart within. */
function classStarts(sets: PatternProgram['sets']): readonly number[] {
  const starts = new Set([0]);
  for (const ranges of [...sets, sidesApart]) {
    for (let at = 0; at < ranges.length; at += 2) starts.add(ranges[at]!).add(ranges[at + 1]! + 1);
  }
  return Array.from(starts).toSorted((left, right) => left - right);
}

/** Index of the class that a code point is in. */
function classOf(starts: readonly number[], codePoint: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= codePoint) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isIn(ranges: readonly number[], codePoint: number): boolean {
  for (let at = 0; at < ranges.length; at += 2) {
    if (codePoint < ranges[at]!) return false;
    if (codePoint <= ranges[at + 1]!) return true;
  }
  return false;
}

function sideOf(codePoint: number): Side {
  if (codePoint === 0x0a) return side.newline;
  return isIn(sidesApart, codePoint) ? side.word : side.other;
}

/** The assertions that hold between two code points, `none` being the text's begin or end. */
function assertionsBetween(before: Side, after: Side): number {
  let holds = (before === side.word) === (after === side.word) ? assertion.noWordBoundary : assertion.wordBoundary;
  if (before === side.none) holds |= assertion.textBegin | assertion.lineBegin;
  if (before === side.newline) holds |= assertion.lineBegin;
  if (after === side.none) holds |= assertion.textEnd | assertion.lineEnd;
  if (after === side.newline) holds |= assertion.lineEnd;
  return holds;
}
