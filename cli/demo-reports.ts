import type { QueryResult } from './query-engine.ts';
import type { Chart } from './format-chart.ts';

/** A report as the demo shows it: the part that fits a screen. */
export interface DemoReport {
  readonly name: string;
  readonly title: string;
  readonly chart: Chart;
  /** Which rows are shown; default: all. */
  readonly keeps?: (row: Readonly<Record<string, string | null | undefined>>) => boolean;
}

const dayMs = 24 * 3600 * 1000;

/** What the demo prints. All reports are compared with the truth, shown or not. */
export function demoReports(today: Date): readonly DemoReport[] {
  const daysAgo = (days: number) => new Date(today.getTime() - days * dayMs).toISOString().slice(0, 10);
  return [
    {
      name: 'daily-active-players',
      title: 'Daily active players, the last days',
      chart: { kind: 'bar', x: 'event_date', y: 'dau' },
      keeps: ({ event_date }) => (event_date ?? '') >= daysAgo(9),
    },
    {
      name: 'retention',
      title: 'Retention: who came back exactly 1, 3, 7 … days after their first (– where that day is not over yet)',
      chart: { kind: 'bar', x: 'cohort_date', y: 'd1_rate' },
      keeps: ({ cohort_date }) => (cohort_date ?? '') >= daysAgo(16) && (cohort_date ?? '') <= daysAgo(7),
    },
    {
      name: 'revenue-by-month',
      title: 'Revenue by month and currency, refunds taken off (euro, dollar and pound)',
      chart: { kind: 'bar', x: 'month', y: 'revenue' },
      // Bars of different currencies cannot be compared; these three are of one size.
      keeps: ({ currency_type }) => ['EUR', 'USD', 'GBP'].includes(currency_type ?? ''),
    },
    {
      name: 'rejected-events-by-reason',
      title: 'Rejected events, kept with their reasons',
      chart: { kind: 'bar', x: 'reason', y: 'events' },
    },
  ];
}

/** The rows of a report that the demo shows, with the games' names in place of their ids. */
export function pickRows(
  result: QueryResult,
  report: DemoReport,
  names: ReadonlyMap<string, string>,
): Pick<QueryResult, 'columns' | 'rows'> {
  const { keeps = () => true } = report;
  const idColumn = result.columns.indexOf('application_id');
  const rows = result.rows.filter((row) =>
    keeps(Object.fromEntries(result.columns.map((column, index) => [column, row[index]]))),
  );
  return {
    columns: result.columns.map((column, index) => (index === idColumn ? 'game' : column)),
    rows: rows.map((row) =>
      row.map((value, index) => (index === idColumn && value != null ? (names.get(value) ?? value) : value)),
    ),
  };
}
