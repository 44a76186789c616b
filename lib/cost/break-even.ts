import type { PipelineConfig } from '../../config/schema.ts';
import { makeBill, type BillOptions } from './bill.ts';
import type { Load } from './load.ts';
import { inMode, type ModeName } from './modes.ts';

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where one of two modes becomes cheaper than the other. */
export interface BreakEven {
  readonly modes: readonly [ModeName, ModeName];
  /** What is varied, everything else staying as it is. */
  readonly by: keyof Load;
  readonly range: Range;
  /** The cheaper one at the lower end of the range. */
  readonly cheaper: ModeName;
  /** Where the other one becomes cheaper; undefined where it does nowhere in the range. */
  readonly at: number | undefined;
  /** Dollars that each costs at the load itself. */
  readonly totals: readonly [number, number];
}

type Options = Omit<BillOptions, 'packing'>;

const eventRates: Range = { from: 0.01, to: 100_000 };
const reportRuns: Range = { from: 1, to: 1e9 };

/** The break-evens between the modes: of intake by events a second, of the data stack by runs of reports. */
export function breakEvens(options: Options): readonly BreakEven[] {
  return [
    between(options, ['DIRECT_BATCH', 'KINESIS_DATA_STREAMS'], 'eventsPerSecond', eventRates),
    between(
      // Who asks more than the day's limit lets through raises it.
      { ...options, config: { ...options.config, REDSHIFT_USAGE_LIMIT_RPU_HOURS: Infinity } },
      ['DATA_LAKE', 'REDSHIFT'],
      'reportRuns',
      reportRuns,
    ),
  ];
}

function between(options: Options, modes: BreakEven['modes'], by: keyof Load, range: Range): BreakEven {
  const configs = modes.map((mode) => inMode(options.config, mode)) as [PipelineConfig, PipelineConfig];
  const totals = (load: Load): [number, number] =>
    configs.map((config) => makeBill({ ...options, config, load }).total) as [number, number];
  const difference = (value: number): number => {
    const [first, second] = totals({ ...options.load, [by]: value });
    return second - first;
  };
  const [first, second] = modes;
  return {
    modes,
    by,
    range,
    cheaper: difference(range.from) >= 0 ? first : second,
    at: crossing(difference, range),
    totals: totals(options.load),
  };
}

const steps = 120;

/** The first value of a range at which a difference changes its sign, to a thousandth of itself. */
export function crossing(difference: (value: number) => number, { from, to }: Range): number | undefined {
  const sign = Math.sign(difference(from));
  const factor = (to / from) ** (1 / steps);
  let low = from;
  for (let step = 1; step <= steps; step += 1) {
    const high = from * factor ** step;
    if (Math.sign(difference(high)) !== sign) return bisect(difference, sign, low, high);
    low = high;
  }
  return undefined;
}

function bisect(difference: (value: number) => number, sign: number, low: number, high: number): number {
  let [below, above] = [low, high];
  while (above / below > 1.0001) {
    const middle = Math.sqrt(below * above);
    if (Math.sign(difference(middle)) === sign) below = middle;
    else above = middle;
  }
  return Math.sqrt(below * above);
}
