import type { ExecutionStatistics } from './report-engine.ts';

/** What Athena asks for a terabyte in most regions, in US dollars; its price list has the rest. */
const dollarsPerTerabyte = 5;
const terabyte = 1e12;
/** What a query is billed at least. */
const leastBytes = 10e6;

/** What a report cost, in one line for people. */
export function costLine({ scannedBytes, isReused }: ExecutionStatistics): string {
  if (isReused) return 'an earlier result over the same data: nothing scanned, $0';
  const dollars = (Math.max(scannedBytes, leastBytes) / terabyte) * dollarsPerTerabyte;
  const bytes = scannedBytes.toLocaleString('en-US');
  return `${bytes} bytes scanned: about $${dollars.toFixed(5)} on Athena ($5 per TB, at least 10 MB a query)`;
}
