import type { PipelineConfig } from '../config/schema.ts';
import { breakEvens } from '../lib/cost/break-even.ts';
import { comparePacking } from '../lib/cost/compare-packing.ts';
import type { Load } from '../lib/cost/load.ts';
import { pricesOf, readPriceTable } from '../lib/cost/price-table.ts';
import { describeBreakEven, describeLoad, formatBill } from './format-bill.ts';

/** Whose cost is asked for. */
export interface CostQuestion {
  readonly config: PipelineConfig;
  readonly load: Load;
  readonly region: string;
}

/** Computes the bills and break-evens. Throws RangeError for a load that cannot be, Error for a region without prices. */
export function answerCost({ config, load, region }: CostQuestion) {
  const table = readPriceTable();
  const options = { config, load, prices: pricesOf(table, region) };
  const { INGEST_MODE, DATA_STACK } = config;
  const modes = [INGEST_MODE, DATA_STACK] as const;
  return { region, pricesOf: table.date, modes, load, ...comparePacking(options), breakEvens: breakEvens(options) };
}

export type CostAnswer = ReturnType<typeof answerCost>;

/** The answer as the terminal and docs/cost.md show it. */
export const costText = (answer: CostAnswer): readonly string[] => [
  describeLoad(answer.load),
  `${answer.modes.join(', ')} in ${answer.region}; prices of ${answer.pricesOf}; storage after ${answer.load.months} months`,
  '',
  ...formatBill(answer),
  ...answer.breakEvens.map(describeBreakEven),
];
