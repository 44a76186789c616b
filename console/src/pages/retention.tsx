import { useMemo } from 'preact/hooks';
import type { Row } from '../data/report.ts';
import { nothing } from '../format/format-value.ts';
import { Card } from '../parts/card.tsx';
import { useConsole } from '../session/console-context.ts';
import { cohortsOf } from './cohorts.ts';
import { retentionDays, rowsOfGame, sumOf, weightedRate } from './overview/figures.ts';
import { useQuestion } from './use-question.ts';

/** How many of the players new on a day came back, day by day. */
export function Retention() {
  const { place } = useConsole();
  const rowsOf = (rows: readonly Row[]) => rowsOfGame(rows, place.filters.game);
  return (
    <div class="cards">
      <Card
        title="Cohorts"
        about="Share of the players new on a day who are active exactly so many days later. A day that is not over has no share yet."
        reading={useQuestion('retention')}
        rowsOf={rowsOf}
        hasChart={false}
        isWide
      >
        {({ result }) => <HeatMap rows={rowsOf(result.rows)} />}
      </Card>
    </div>
  );
}

/** Steps of the scale, from none to the highest share; each is a class of the style sheet. */
const steps = 8;

function HeatMap({ rows }: { readonly rows: readonly Row[] }) {
  const { formats } = useConsole();
  const cohorts = useMemo(() => cohortsOf(rows), [rows]);
  const highest = Math.max(0.001, ...cohorts.flatMap(({ rates }) => rates.map((rate) => rate ?? 0)));
  const stepOf = (rate: number): number => Math.min(steps - 1, Math.floor((rate / highest) * steps));
  const total = (column: string): number | undefined => weightedRate(rows, column, 'players');
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="Retention by cohort">
      <table class="heat-map">
        <thead>
          <tr>
            <th scope="col">New on (UTC)</th>
            <th scope="col" class="number">
              Players
            </th>
            {retentionDays.map(({ day }) => (
              <th scope="col" class="number" key={day}>
                Day {day}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cohorts.map(({ day, players, rates }) => (
            <tr key={day}>
              <th scope="row">{formats.day(day)}</th>
              <td class="number">{formats.number(players)}</td>
              {rates.map((rate, index) => (
                <td
                  key={retentionDays[index]!.day}
                  class={rate === undefined ? 'number' : `number heat-${stepOf(rate)}`}
                >
                  {rate === undefined ? nothing : formats.percent(rate)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All cohorts</th>
            <td class="number">{formats.number(sumOf(rows, 'players'))}</td>
            {retentionDays.map(({ day, column }) => {
              const rate = total(column);
              return (
                <td class="number" key={day}>
                  {rate === undefined ? nothing : formats.percent(rate)}
                </td>
              );
            })}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
