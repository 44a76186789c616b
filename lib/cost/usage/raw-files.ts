import { deliveryIntervalSeconds, deliveryMegabytes } from '../../constructs/delivery-intervals.ts';
import { assumed } from '../assumed.ts';
import type { BillInput } from '../bill.ts';
import { monthSeconds } from '../traffic.ts';

/** Parquet files that Firehose writes: when its time is over, or its buffer full. */
export function rawFiles({ config, traffic: { records, recordBytes } }: Pick<BillInput, 'config' | 'traffic'>): number {
  const rowBytes = records * recordBytes * assumed.rowBytesPerByte;
  const buffers = rowBytes / (deliveryMegabytes * 1024 ** 2);
  return Math.min(records, Math.max(monthSeconds / deliveryIntervalSeconds(config), buffers));
}
