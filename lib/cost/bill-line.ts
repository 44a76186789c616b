import type { Price } from './price-table.ts';

/** What a line is for. */
export type Part = 'request to Parquet' | 'lake' | 'reports' | 'watching and keys';

/** What is billed, how much of it in a month. */
export interface Usage {
  readonly part: Part;
  readonly service: string;
  /** Unique among the usages of a bill. */
  readonly what: string;
  /** In units of the price. */
  readonly quantity: number;
  readonly price: Price;
}

/** One line of a bill: `quantity` times `usd` for `per` units is `amount`. */
export interface BillLine extends Omit<Usage, 'price'> {
  readonly unit: string;
  readonly usd: number;
  readonly per: number;
  /** Dollars a month, not rounded. */
  readonly amount: number;
  /** From 1 on, where the price has tiers. */
  readonly tier?: number;
  readonly verified: boolean;
}

/** The lines of a usage: one, or one for each tier that it reaches; none where nothing is used. */
export function billLines({ price, quantity, ...usage }: Usage): readonly BillLine[] {
  const { usd, tiers, unit, per, verified } = price;
  if (usd !== undefined) return quantity > 0 ? [lineOf({ ...usage, quantity, unit, usd, per, verified })] : [];
  const lines: BillLine[] = [];
  let from = 0;
  for (const [at, tier] of (tiers ?? []).entries()) {
    const used = Math.min(quantity, tier.upTo ?? Infinity) - from;
    if (used <= 0) break;
    lines.push(lineOf({ ...usage, quantity: used, unit, usd: tier.usd, per, verified, tier: at + 1 }));
    from += used;
  }
  return lines;
}

const lineOf = (line: Omit<BillLine, 'amount'>): BillLine => ({
  ...line,
  amount: (line.quantity * line.usd) / line.per,
});
