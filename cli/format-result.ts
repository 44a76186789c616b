import type { QueryResult } from './athena.ts';
import { formatChart, type Chart } from './format-chart.ts';
import { formatTable } from './format-table.ts';
import { rowObjects } from './run-report.ts';

/** The most rows a table shows; `--csv` and `--json` give them all. */
const mostRows = 200;

/** A result for people: a table, then the drawing its report asks for. */
export function formatResult(result: QueryResult, chart?: Chart): string {
  if (result.rows.length === 0) return '(no rows)';
  const parts = [formatTable(result.columns, result.rows.slice(0, mostRows))];
  const hidden = result.rows.length - mostRows;
  if (hidden > 0) parts.push(`… and ${hidden} more rows (all of them with --csv or --json)`);
  if (chart) parts.push('', formatChart(chart, rowObjects(result)));
  return parts.join('\n');
}

export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${step === 0 ? bytes : (bytes / 1000 ** step).toFixed(1)} ${units[step]}`;
}
