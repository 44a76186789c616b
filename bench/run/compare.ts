import type { Figure } from '../figure.ts';
import { isSameMachine } from './machine.ts';
import type { Results } from './results.ts';
import { units } from './units.ts';

/** A figure of two runs. */
export interface Moved {
  readonly before: Figure;
  readonly after: Figure;
  /** Of the median, relative to what it was: 0.1 is a tenth more. Infinite where it was 0. */
  readonly change: number;
  readonly isBetter: boolean;
}

export interface Comparison {
  /** By more than the noise: the worse before the better, the larger change first. */
  readonly moved: readonly Moved[];
  /** How many figures were compared. */
  readonly compared: number;
  readonly isSameMachine: boolean;
  /** Names of figures in both that cannot be compared: in another unit, or better the other way round. */
  readonly redefined: readonly string[];
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

/**
 * What moved from one run to another. Between machines, only what is relative is compared.
 * @param ran benches of the later run, where not all were wanted: figures of others are not missing
 */
export function compare(before: Results, after: Results, ran?: readonly string[]): Comparison {
  const known = before.figures.filter(({ name }) => ran === undefined || ran.includes(name.split(':', 1)[0]!));
  const now = new Map(after.figures.map((figure) => [figure.name, figure]));
  const then = new Set(known.map(({ name }) => name));
  const isSame = isSameMachine(before, after);

  const pairs = known.flatMap((figure) => {
    const match = now.get(figure.name);
    return match ? [{ before: figure, after: match }] : [];
  });
  const comparable = pairs.filter(
    (pair) => !isRedefined(pair) && (isSame || units[pair.before.unit].compares === 'anywhere'),
  );
  return {
    moved: comparable.filter(hasMoved).map(describe).toSorted(worseFirst),
    compared: comparable.length,
    isSameMachine: isSame,
    redefined: pairs.filter(isRedefined).map(({ before }) => before.name),
    onlyBefore: known.flatMap(({ name }) => (now.has(name) ? [] : [name])),
    onlyAfter: after.figures.flatMap(({ name }) => (then.has(name) ? [] : [name])),
  };
}

type Pair = Pick<Moved, 'before' | 'after'>;

const isRedefined = ({ before, after }: Pair): boolean => before.unit !== after.unit || before.better !== after.better;

/** Two runs are two processes, with memory laid out and code compiled otherwise: their medians differ by so much. */
const noiseBetweenRuns = 0.02;
/** A spread of two rounds or one says next to nothing about noise. */
const leastRounds = 3;
const noiseOfFewRounds = 0.1;

/**
 * Whether a median moved by more than the noise: no value of one run lies among those of the other, and the step is longer
 * than half the wider of both spreads, and than what two runs of the same code differ by.
 */
function hasMoved(pair: Pair): boolean {
  const { values: was, rounds: roundsBefore } = pair.before;
  const { values: is, rounds: roundsAfter } = pair.after;
  const isApart = is.low > was.high || is.high < was.low;
  const between = Math.min(roundsBefore, roundsAfter) < leastRounds ? noiseOfFewRounds : noiseBetweenRuns;
  return isApart && Math.abs(changeOf(pair)) > Math.max(halfSpread(pair.before), halfSpread(pair.after), between);
}

const halfSpread = ({ values: { median, low, high } }: Figure): number => relative((high - low) / 2, median);

const changeOf = ({ before, after }: Pair): number =>
  relative(after.values.median - before.values.median, before.values.median);

const relative = (value: number, to: number): number => (value === 0 ? 0 : value / Math.abs(to));

function describe(pair: Pair): Moved {
  const change = changeOf(pair);
  return { ...pair, change, isBetter: change > 0 === (pair.before.better === 'higher') };
}

const worseFirst = (left: Moved, right: Moved): number =>
  Number(left.isBetter) - Number(right.isBetter) || Math.abs(right.change) - Math.abs(left.change);
