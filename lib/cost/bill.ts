import type { PipelineConfig } from '../../config/schema.ts';
import { transformIntervalSeconds } from '../constructs/delivery-intervals.ts';
import { billLines, type BillLine, type Usage } from './bill-line.ts';
import { checkLoad, type Load } from './load.ts';
import type { Prices } from './price-table.ts';
import { trafficOf, type Packing, type Traffic } from './traffic.ts';
import { intakeUsage } from './usage/intake.ts';
import { lakeUsage } from './usage/lake.ts';
import { reportUsage } from './usage/reports.ts';
import { watchingUsage } from './usage/watching.ts';

/** Whose bill, and how its events travel. */
export interface BillOptions {
  readonly config: PipelineConfig;
  readonly load: Load;
  readonly prices: Prices;
  /** Default: as the pipeline does it, a request in one record. */
  readonly packing?: Packing;
}

/** What every part of a bill is made of. */
export interface BillInput extends Required<BillOptions> {
  readonly traffic: Traffic;
}

/** What AWS bills for a month, in dollars. */
export interface Bill {
  readonly lines: readonly BillLine[];
  readonly total: number;
  readonly perMillionEvents: number;
  /** What a load asks for that the settings do not give, in words. */
  readonly warnings: readonly string[];
}

/** A part of a bill: what is used, and what there is to say of it. */
export interface PartOfBill {
  readonly usage: readonly Usage[];
  readonly warnings?: readonly string[];
}

/**
 * The bill of a month, without taxes and free tiers.
 * @throws RangeError for a load that no deployment can bear
 */
export function makeBill({ packing = 'packed', ...options }: BillOptions): Bill {
  checkLoad(options.load);
  const traffic = trafficOf(options.load, packing, transformIntervalSeconds);
  const input: BillInput = { ...options, packing, traffic };
  const parts: readonly PartOfBill[] = [intakeUsage, lakeUsage, reportUsage, watchingUsage].map((part) => part(input));
  const lines = parts.flatMap(({ usage }) => usage).flatMap(billLines);
  const total = sumOf(lines);
  return {
    lines,
    total,
    perMillionEvents: (total / traffic.events) * 1e6,
    warnings: parts.flatMap(({ warnings = [] }) => warnings),
  };
}

/** Dollars of some lines together. */
export const sumOf = (lines: readonly Pick<BillLine, 'amount'>[]): number =>
  lines.reduce((sum, { amount }) => sum + amount, 0);
