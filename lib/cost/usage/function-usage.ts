import type { Part, Usage } from '../bill-line.ts';
import type { Prices } from '../price-table.ts';
import { lambdaMilliseconds } from '../rounding.ts';

export interface Invocations {
  readonly part: Part;
  /** What the function is called in the bill. */
  readonly name: string;
  readonly count: number;
  readonly milliseconds: number;
  readonly megabytes: number;
}

/** What a function's invocations use of Lambda. */
export const functionUsage = (
  { part, name, count, milliseconds, megabytes }: Invocations,
  prices: Prices,
): readonly Usage[] => [
  { part, service: 'Lambda', what: `${name}: invocations`, quantity: count, price: prices.lambdaRequests },
  {
    part,
    service: 'Lambda',
    what: `${name}: time`,
    quantity: (count * lambdaMilliseconds(milliseconds) * megabytes) / 1_024_000,
    price: prices.lambdaArmSeconds,
  },
];
