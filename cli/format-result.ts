import type { QueryResult } from './query-engine.ts';
import { bar, formatChart, isNumber, type Chart } from './format-chart.ts';
import { formatTable, type Cell } from './format-table.ts';
import { rowObjects } from './run-report.ts';

/** The most rows a table shows; `--csv` and `--json` give them all. */
const mostRows = 200;

/** Characters that a bar beside its row may take. */
const barWidth = 24;

type Rows = Pick<QueryResult, 'columns' | 'rows'>;

/** A result for people: a table, with bars beside its rows or lines below it, as its report asks. */
export function formatResult(result: Rows, chart?: Chart): string {
  if (result.rows.length === 0) return '(no rows)';
  const shown: Rows = { columns: result.columns, rows: result.rows.slice(0, mostRows) };
  const hasBars = chart?.kind === 'bar' && result.columns.includes(chart.y);
  const { columns, rows } = hasBars ? withBars(shown, chart.y) : shown;

  const parts = [formatTable(columns, rows)];
  const hidden = result.rows.length - mostRows;
  if (hidden > 0) parts.push(`… and ${hidden} more rows (all of them with --csv or --json)`);
  if (chart && !hasBars) parts.push('', formatChart(chart, rowObjects(result)));
  return parts.join('\n');
}

/** Adds a column of bars for the values of another. */
function withBars({ columns, rows }: Rows, column: string): Rows {
  const index = columns.indexOf(column);
  const value = (row: readonly Cell[]) => (isNumber(row[index]) ? Number(row[index]) : 0);
  const highest = Math.max(...rows.map((row) => Math.abs(value(row))));
  return { columns: [...columns, ''], rows: rows.map((row) => row.concat(bar(value(row), highest, barWidth))) };
}

export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${step === 0 ? bytes : (bytes / 1000 ** step).toFixed(1)} ${units[step]}`;
}
