import type { ReportRow } from './expected-rows.ts';
import type { ExpectedReport } from './report-rows.ts';

/** A row of a report as Athena gives it: every value is text; undefined or null stands for SQL null. */
export type AthenaRow = Readonly<Record<string, string | null | undefined>>;

/** Differences between a report's rows and those that it must have, one sentence each, in whichever order they are. */
export function compareRowSets(report: string, rows: readonly AthenaRow[], expected: ExpectedReport): string[] {
  const name = (row: AthenaRow | ReportRow) => expected.keys.map((key) => String(row[key] ?? null)).join(', ');
  const missing = new Map(expected.rows.map((row) => [name(row), row]));
  const differences: string[] = [];

  for (const row of rows) {
    const want = missing.get(name(row));
    if (!want) differences.push(`${report}: row (${name(row)}) should not be there, or only once`);
    else differences.push(...compareRow(report, name(row), row, want, expected));
    missing.delete(name(row));
  }
  for (const row of missing.keys()) differences.push(`${report}: row (${row}) is missing`);
  return differences;
}

function compareRow(report: string, name: string, row: AthenaRow, want: ReportRow, columns: ExpectedReport): string[] {
  const { exact = [], decimals = [], rounded = [] } = columns;
  const wrong = [
    ...exact.filter((column) => text(row[column]) !== text(want[column])),
    ...decimals.filter((column) => decimal(row[column]) !== decimal(want[column])),
    ...rounded.filter((column) => !isClose(row[column], want[column])),
  ];
  return wrong
    .filter((column) => want[column] !== undefined)
    .map((column) => `${report}: ${column} of (${name}) is ${text(row[column])} and should be ${text(want[column])}`);
}

export function text(value: string | number | null | undefined): string {
  return value == null ? 'null' : String(value);
}

/** A decimal without the zeros it ends on; any other text as it is. */
function decimal(value: string | number | null | undefined): string {
  const written = text(value);
  const short = /^-?\d+\.\d+$/.test(written) ? written.replace(/\.?0+$/, '') : written;
  return short === '-0' ? '0' : short;
}

/** Sums of doubles depend on the order of their rows; a billionth is far below any real difference. */
export function isClose(value: string | null | undefined, want: string | number | null | undefined): boolean {
  if (value == null || want == null) return value == want;
  const [left, right] = [Number(value), Number(want)];
  return Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(right));
}
