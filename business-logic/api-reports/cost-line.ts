import type { ExecutionStatistics } from './report-engine.ts';

/** What Athena asks for a terabyte in most regions, in US dollars; its price list has the rest. */
const dollarsPerTerabyte = 5;
const terabyte = 1e12;
/** What a query is billed at least. */
const leastBytes = 10e6;

/** What a report cost, in one line for people. */
export function costLine({ scannedBytes, milliseconds, isReused }: ExecutionStatistics): string {
  if (isReused) return 'an earlier result over the same data: nothing scanned, $0';
  if (scannedBytes === null) return warehouseLine(milliseconds);
  const dollars = (Math.max(scannedBytes, leastBytes) / terabyte) * dollarsPerTerabyte;
  const bytes = scannedBytes.toLocaleString('en-US');
  return `${bytes} bytes scanned: about $${dollars.toFixed(5)} on Athena ($5 per TB, at least 10 MB a query)`;
}

/** A report has no price of its own there: the workgroup has one, for as long as anything runs in it. */
function warehouseLine(milliseconds: number): string {
  const seconds = (milliseconds / 1_000).toFixed(2);
  return `${seconds} s on Redshift, which bills RPU-seconds while the warehouse is awake (60 s at least), for all queries together`;
}
