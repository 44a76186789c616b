import { numberOf, type ReportChart, type Row } from '../data/report.ts';
import { mostSeries } from './palette.ts';

/** One line, or the bars of one colour; a value per category, null where there is none. */
export interface ChartSeries {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** A chart's rows in the order in which they are drawn. */
export interface ChartData {
  readonly categories: readonly string[];
  readonly series: readonly ChartSeries[];
  /** Series that are not drawn: those with the smallest values. */
  readonly hiddenSeries: number;
  /** Categories that are not drawn: the last ones. */
  readonly hiddenCategories: number;
}

export interface ChartDataOptions {
  /** The columns that tell one row from another: what else than the chart's own differs becomes part of a series' name. */
  readonly keys?: readonly string[];
  /** Every category, where some may have no rows: days of a period. */
  readonly categories?: readonly string[] | undefined;
  /** What a category without a row has: 0 of what is counted, nothing of a rate. */
  readonly missing?: 0 | null;
  /** A value in words, e.g. a game by its name. */
  readonly nameOf?: (column: string, value: string) => string;
}

/** Stands between the parts of a series' name. */
export const betweenParts = ' · ';

/** Most bars in one chart; lines take as many points as there are. */
const mostBars = 60;

/** What a chart draws of a report's rows. Rows without a number are passed over. */
export function chartData(
  chart: ReportChart,
  rows: readonly Row[],
  { keys = [], categories: given, missing = null, nameOf = (_, value) => value }: ChartDataOptions = {},
): ChartData {
  const drawable = rows.filter((row) => numberOf(row[chart.y]) !== undefined);
  const columns = seriesColumns(chart, drawable, keys);
  const all = categoriesOf(chart, drawable, given);
  const categories = chart.kind === 'bar' ? all.slice(0, mostBars) : all;
  const places = new Map(categories.map((category, index) => [category, index]));

  const bySeries = new Map<string, (number | null)[]>();
  for (const row of drawable) {
    const place = places.get(textOf(row[chart.x]));
    if (place === undefined) continue;
    const name = columns.map((column) => nameOf(column, textOf(row[column]))).join(betweenParts);
    const values = bySeries.get(name) ?? categories.map(() => missing);
    bySeries.set(name, values);
    values[place] = numberOf(row[chart.y])!;
  }
  const weighed = [...bySeries].map(([name, values]) => ({ name, values, weight: weightOf(values) }));
  // The largest ones are drawn, in the order of the rows.
  const drawn = new Set(weighed.toSorted((a, b) => b.weight - a.weight).slice(0, mostSeries));
  return {
    categories: categories.map((category) => nameOf(chart.x, category)),
    series: weighed.filter((one) => drawn.has(one)).map(({ name, values }) => ({ name, values })),
    hiddenSeries: weighed.length - drawn.size,
    hiddenCategories: all.length - categories.length,
  };
}

/** The column of the series, and the keys besides it in which rows differ: without them they would lie on each other. */
function seriesColumns(
  { x, y, series }: ReportChart,
  rows: readonly Row[],
  keys: readonly string[],
): readonly string[] {
  const columns = series === undefined ? [] : [series];
  if (!hasOverlap(rows, [x, ...columns])) return columns;
  const [first] = rows;
  const differing = keys.filter(
    (key) => key !== x && key !== y && key !== series && rows.some((row) => row[key] !== first?.[key]),
  );
  // What all of them have in common tells none from another.
  const telling = columns.filter((column) => rows.some((row) => row[column] !== first?.[column]));
  return [...telling, ...differing];
}

function hasOverlap(rows: readonly Row[], columns: readonly string[]): boolean {
  const seen = new Set(rows.map((row) => JSON.stringify(columns.map((column) => row[column]))));
  return seen.size < rows.length;
}

function categoriesOf(
  { kind, x }: ReportChart,
  rows: readonly Row[],
  given: readonly string[] | undefined,
): readonly string[] {
  const found = [...new Set(rows.map((row) => textOf(row[x])))];
  // Bars stand in the order of their rows, which ranks them; a line goes along its axis.
  if (kind === 'bar') return found;
  if (given && found.every((category) => given.includes(category))) return given;
  return found.toSorted(byNumbersWithin.compare);
}

/** Days in their order, and `Day 3` before `Day 14`. */
const byNumbersWithin = new Intl.Collator('en', { numeric: true });

const weightOf = (values: readonly (number | null)[]): number =>
  values.reduce<number>((sum, value) => sum + Math.abs(value ?? 0), 0);

const textOf = (value: Row[string] | undefined): string =>
  value === null || value === undefined ? '–' : String(value);
