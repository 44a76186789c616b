import { assumed } from '../assumed.ts';
import type { BillInput, PartOfBill } from '../bill.ts';
import { measured } from '../measured.ts';
import { athenaBytes, terabyte } from '../rounding.ts';
import { monthDays } from '../traffic.ts';
import { warehouseUsage } from './warehouse.ts';

const part = 'reports';

/** Days that a report reads unless it is told otherwise. */
const reportDays = 30;

/** Who answers reports: Athena, or the warehouse. */
export function reportUsage(input: BillInput): PartOfBill {
  return input.config.DATA_STACK === 'REDSHIFT' ? warehouseUsage(input) : athenaUsage(input);
}

function athenaUsage({ config, load, prices, traffic }: BillInput): PartOfBill {
  const days = Math.min(reportDays, load.months * monthDays);
  const bytes = traffic.events * (days / monthDays) * measured.reportBytesPerEvent;
  const files = load.games * days;
  return {
    usage: [
      {
        part,
        service: 'Athena',
        what: 'read by reports',
        quantity: (load.reportRuns * athenaBytes(bytes)) / terabyte,
        price: prices.athenaScanned,
      },
      {
        part,
        service: 'S3',
        what: 'reports read',
        quantity: load.reportRuns * files * assumed.getsPerReportFile,
        price: prices.s3Gets,
      },
    ],
    warnings: tooMuch(bytes, config.ATHENA_SCAN_LIMIT_BYTES),
  };
}

function tooMuch(bytes: number, limit: number): readonly string[] {
  if (bytes <= limit) return [];
  return [
    `a report would read ${Math.round(bytes / 1e9)} GB; ATHENA_SCAN_LIMIT_BYTES ends it at ${Math.round(limit / 1e9)}`,
  ];
}
