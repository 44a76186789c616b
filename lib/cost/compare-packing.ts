import { makeBill, sumOf, type Bill, type BillOptions } from './bill.ts';
import type { BillLine } from './bill-line.ts';

/** The same load, its requests packed into one record each, and with one record for each event. */
export interface PackingComparison {
  readonly packed: Bill;
  readonly single: Bill;
  /** How many times less the lines of Firehose are. */
  readonly firehoseRatio: number;
  /** How many times less the whole way from request to Parquet is. */
  readonly wayRatio: number;
}

/** Makes both bills. Throws as makeBill does. */
export function comparePacking(options: Omit<BillOptions, 'packing'>): PackingComparison {
  const packed = makeBill({ ...options, packing: 'packed' });
  const single = makeBill({ ...options, packing: 'single' });
  const ratio = (isMeant: (line: BillLine) => boolean): number =>
    sumOf(single.lines.filter(isMeant)) / sumOf(packed.lines.filter(isMeant));
  return { packed, single, firehoseRatio: ratio(isFirehose), wayRatio: ratio(isOnTheWay) };
}

export const isFirehose = ({ service }: Pick<BillLine, 'service'>): boolean => service === 'Firehose';

export const isOnTheWay = ({ part }: Pick<BillLine, 'part'>): boolean => part === 'request to Parquet';
