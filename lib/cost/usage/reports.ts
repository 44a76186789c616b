import { assumed } from '../assumed.ts';
import type { BillInput, PartOfBill } from '../bill.ts';
import { daysOfReport, reportBytes } from '../report-bytes.ts';
import { athenaBytes, terabyte } from '../rounding.ts';
import { warehouseUsage } from './warehouse.ts';

const part = 'reports';

/** Who answers reports: Athena, or the warehouse. */
export function reportUsage(input: BillInput): PartOfBill {
  return input.config.DATA_STACK === 'REDSHIFT' ? warehouseUsage(input) : athenaUsage(input);
}

function athenaUsage({ config, load, prices, traffic }: BillInput): PartOfBill {
  const bytes = reportBytes({ load, traffic });
  const files = load.games * daysOfReport(load);
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
