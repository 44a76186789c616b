import { useMemo } from 'preact/hooks';
import type { Row } from '../data/report.ts';
import { Card } from '../parts/card.tsx';
import { ReportChart } from '../parts/report-chart.tsx';
import { useConsole } from '../session/console-context.ts';
import { curvesOf } from './lifetime-curves.ts';
import { rowsOfGame } from './overview/figures.ts';
import { ReportCard } from './report-card.tsx';
import { useQuestion } from './use-question.ts';

/** What players pay. Currencies stand side by side: none is ever converted. */
export function Monetisation() {
  return (
    <div class="cards">
      <ReportCard
        title="ARPDAU"
        about="Net revenue per daily active player."
        question="revenue"
        chart={{ y: 'arpdau' }}
      />
      <ReportCard title="Payers per day" question="payers" chart={{ y: 'payers' }} />
      <ReportCard
        title="Conversion"
        about="Payers of a day among its players."
        question="payers"
        chart={{ y: 'conversion_rate' }}
      />
      <ReportCard title="Net revenue per day" question="revenue" />
      <LifetimeValue />
    </div>
  );
}

function LifetimeValue() {
  const { place } = useConsole();
  const reading = useQuestion('lifetimeValue');
  const rowsOf = (rows: readonly Row[]): readonly Row[] => rowsOfGame(rows, place.filters.game);
  const result = reading.state === 'ready' ? reading.result : undefined;
  const curves = useMemo(() => curvesOf(rowsOf(result?.rows ?? [])), [result, place.filters.game]);
  const info = {
    grain: 'one row per currency_type, days_later',
    columns: [{ name: 'currency_type' }, { name: 'days_later' }, { name: 'ltv' }],
  };
  return (
    <Card
      title="Lifetime value"
      about="Net revenue per new player up to so many days later, by currency; each step is over the cohorts that have come so far."
      reading={reading}
      rowsOf={rowsOf}
      isWide
    >
      {() => (
        <ReportChart
          title="Lifetime value"
          info={info}
          rows={curves}
          chart={{ kind: 'line', x: 'days_later', y: 'ltv', series: 'currency_type' }}
        />
      )}
    </Card>
  );
}
