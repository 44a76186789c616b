import type { Cell } from './format-table.ts';

/** What to draw: the names are columns of the result. */
export interface Chart {
  readonly kind: string;
  readonly x: string;
  readonly y: string;
  readonly series?: string;
}

export type ChartRow = Readonly<Record<string, Cell>>;

const barWidth = 40;
const mostBars = 31;
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const heights = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Draws a result for a terminal: bars one a line, lines as one row of blocks; one drawing per series. */
export function formatChart(chart: Chart, rows: readonly ChartRow[]): string {
  const drawable = rows.filter((row) => isNumber(row[chart.y]));
  if (drawable.length === 0) return `(nothing to draw: ${chart.y} has no numbers)`;
  const highest = Math.max(...drawable.map((row) => Math.abs(Number(row[chart.y]))));
  const draw = chart.kind === 'line' ? drawLine : drawBars;

  return [...seriesOf(chart, drawable)]
    .map(([name, part]) => [...(name === undefined ? [] : [name]), ...draw(chart, part, highest)].join('\n'))
    .join('\n\n');
}

function* seriesOf(chart: Chart, rows: readonly ChartRow[]): Generator<[string | undefined, readonly ChartRow[]]> {
  const { series } = chart;
  if (series === undefined) {
    yield [undefined, rows];
    return;
  }
  for (const name of new Set(rows.map((row) => row[series]))) {
    yield [String(name ?? '–'), rows.filter((row) => row[series] === name)];
  }
}

function drawBars(chart: Chart, rows: readonly ChartRow[], highest: number): string[] {
  const shown = rows.slice(0, mostBars);
  const labels = shown.map((row) => String(row[chart.x] ?? '–'));
  const width = Math.max(...labels.map((label) => label.length));
  const bars = shown.map((row, index) => {
    const value = Number(row[chart.y]);
    return `  ${labels[index]!.padStart(width)} │${bar(value, highest)} ${formatNumber(value)}`;
  });
  const hidden = rows.length - shown.length;
  return hidden === 0 ? bars : [...bars, `  … and ${hidden} more`];
}

/** A bar of at most `width` characters, drawn in eighths; a negative one bears a minus. */
export function bar(value: number, highest: number, width = barWidth): string {
  if (highest === 0) return '';
  const length = Math.round((Math.abs(value) / highest) * width * 8);
  const blocks = '█'.repeat(Math.floor(length / 8)) + eighths[length % 8]!;
  return value < 0 ? `-${blocks}` : blocks;
}

function drawLine(chart: Chart, rows: readonly ChartRow[], highest: number): string[] {
  const values = rows.map((row) => Number(row[chart.y]));
  const blocks = values.map((value) => {
    const height = highest === 0 ? 0 : Math.round((Math.max(0, value) / highest) * (heights.length - 1));
    return heights[height]!;
  });
  const [first, last] = [rows[0]![chart.x], rows.at(-1)![chart.x]];
  const range = `${formatNumber(Math.min(...values))} to ${formatNumber(Math.max(...values))}`;
  return [`  ${blocks.join('')}  ${range} (${first ?? '–'} to ${last ?? '–'})`];
}

/** Whether a value of a result is a number. */
export function isNumber(value: Cell): boolean {
  return value != null && value !== '' && Number.isFinite(Number(value));
}

function formatNumber(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
