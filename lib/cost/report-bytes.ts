import type { BillInput } from './bill.ts';
import { measured } from './measured.ts';
import { monthDays } from './traffic.ts';

/** Days that a report reads unless it is told otherwise. */
const reportDays = 30;

/** Days that a report reads; fewer where no more are there. */
export const daysOfReport = ({ months }: BillInput['load']): number => Math.min(reportDays, months * monthDays);

/** Bytes that a report reads. */
export const reportBytes = ({ load, traffic }: Pick<BillInput, 'load' | 'traffic'>): number =>
  traffic.events * (daysOfReport(load) / monthDays) * measured.reportBytesPerEvent;
