import { useId, useMemo, useState } from 'preact/hooks';
import { chartData } from '../charts/chart-data.ts';
import { Chart } from '../charts/chart.tsx';
import { daysOf } from '../data/filters.ts';
import { keyColumns, type ReportChart as ChartHeader, type ReportInfo, type Row } from '../data/report.ts';
import { wordsOf } from '../format/words.ts';
import { useConsole } from '../session/console-context.ts';
import { useSame } from './use-same.ts';

export interface ReportChartProps {
  readonly title: string;
  readonly info: Pick<ReportInfo, 'grain' | 'columns'>;
  readonly rows: readonly Row[];
  readonly chart: ChartHeader;
  /** A day without a row has 0 of it. */
  readonly isCount?: boolean | undefined;
}

/** Draws rows as the header of their report says, or as a page says instead: amounts of one currency at a time. */
export function ReportChart({ title, info, rows: given, chart, isCount }: ReportChartProps) {
  const rows = useSame(given);
  const currencies = useMemo(() => currenciesOf(rows), [rows]);
  const [chosen, choose] = useState<string>();
  const id = useId();
  const currency = chosen !== undefined && currencies.includes(chosen) ? chosen : currencies[0];
  const ofCurrency = useMemo(() => rows.filter((row) => row[currencyColumn] === currency), [rows, currency]);
  const { series, ...rest } = chart;
  if (currency === undefined) {
    return <Drawing title={title} info={info} rows={rows} chart={chart} isCount={isCount} />;
  }
  return (
    <>
      {currencies.length > 1 && (
        <div class="row">
          <label for={id}>Currency</label>
          <select id={id} value={currency} onChange={(event) => choose(event.currentTarget.value)}>
            {currencies.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </div>
      )}
      <Drawing
        title={`${title} in ${currency}`}
        info={info}
        rows={ofCurrency}
        chart={series === currencyColumn ? rest : chart}
        isCount={isCount}
      />
    </>
  );
}

const currencyColumn = 'currency_type';

/** The currencies of rows, those with the most rows first. */
function currenciesOf(rows: readonly Row[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { [currencyColumn]: value } of rows) {
    if (value === null || value === undefined) continue;
    counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1))
    .map(([one]) => one);
}

function Drawing({ title, info, rows, chart, isCount = false }: ReportChartProps) {
  const { games, formats, place } = useConsole();
  const { from, to } = place.filters;
  const data = useMemo(
    () =>
      chartData(chart, rows, {
        keys: keyColumns(info),
        categories: chart.x.endsWith('_date') ? daysOf({ from, to }) : undefined,
        missing: isCount ? 0 : null,
        nameOf: (column, value) => (isGame(column) ? (games.get(value) ?? value) : value),
      }),
    [chart.kind, chart.x, chart.y, chart.series, rows, info, games, from, to, isCount],
  );
  if (data.series.length === 0) return <p class="about">There is no number to draw.</p>;
  const label =
    `${title}: ${wordsOf(chart.y)} by ${wordsOf(chart.x)}, ${formats.number(data.series.length)} ` +
    `${data.series.length === 1 ? 'series' : 'series side by side'}, ${formats.number(data.categories.length)} points`;
  return (
    <>
      <Chart label={label} chart={chart} data={data} />
      {data.hiddenSeries > 0 && (
        <p class="about">
          The largest {formats.number(data.series.length)} are drawn; {formats.number(data.hiddenSeries)} more are in
          the figures.
        </p>
      )}
      {data.hiddenCategories > 0 && (
        <p class="about">The first {formats.number(data.categories.length)} are drawn; the figures have all of them.</p>
      )}
    </>
  );
}

const isGame = (column: string): boolean => column === 'application_id' || column === 'game_id';
