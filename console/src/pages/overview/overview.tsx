import { useMemo } from 'preact/hooks';
import { periodBefore, untilNow, type Filters } from '../../data/filters.ts';
import type { Row } from '../../data/report.ts';
import { nothing } from '../../format/format-value.ts';
import { Card } from '../../parts/card.tsx';
import { ReportChart } from '../../parts/report-chart.tsx';
import type { Reading } from '../../parts/use-report.ts';
import { useSame } from '../../parts/use-same.ts';
import { useConsole } from '../../session/console-context.ts';
import { useQuestion } from '../use-question.ts';
import {
  amountsByCurrency,
  curveOf,
  meanPerDay,
  rowsOfGame,
  rowsWithin,
  shareOf,
  sumOf,
  weightedRate,
  type Compared,
} from './figures.ts';
import { Tile } from './tile.tsx';

const mostCurrencies = 3;

/** How the games do, beside how they did in the period before. */
export function Overview() {
  const { place, formats, now } = useConsole();
  const { filters } = place;
  const before = periodBefore(filters);
  // Both periods at once: one query reads them as well as two would.
  const both = { from: before.from, to: filters.to };
  const players = useQuestion('dailyPlayers', both);
  const newcomers = useQuestion('newPlayers', both);
  const retention = useQuestion('retention', both);
  const revenue = useQuestion('revenue', both);
  const arrival = untilNow(filters, now());
  const rejected = useQuestion('rejectedShare', { from: before.from, to: arrival.to });

  const compare = (
    reading: Reading,
    day: string,
    figure: (rows: readonly Row[]) => number | undefined,
    period: Pick<Filters, 'from' | 'to'> = filters,
  ): Compared | undefined => {
    if (reading.state !== 'ready') return undefined;
    const rows = rowsOfGame(reading.result.rows, filters.game);
    return { now: figure(rowsWithin(rows, day, period)), before: figure(rowsWithin(rows, day, before)) };
  };
  const within = (day: string) => (rows: readonly Row[]) => rowsWithin(rowsOfGame(rows, filters.game), day, filters);

  return (
    <>
      <div class="tiles">
        <Tile
          title="DAU"
          about={filters.game === undefined ? 'mean of a day, each game’s players counted' : 'mean of a day'}
          reading={players}
          figure={compare(players, 'event_date', (rows) => meanPerDay(rows, 'event_date', 'dau'))}
          write={(value) => formats.number(Math.round(value))}
        />
        <Tile
          title="New players"
          about="first-ever day in the period"
          reading={newcomers}
          figure={compare(newcomers, 'event_date', (rows) =>
            rows.length === 0 ? undefined : sumOf(rows, 'new_players'),
          )}
          write={formats.number}
        />
        <Tile
          title="Day-1 retention"
          about="of cohorts whose next day is over"
          reading={retention}
          figure={compare(retention, 'cohort_date', (rows) => weightedRate(rows, 'd1_rate', 'players'))}
          write={(value) => formats.percent(value)}
          isShare
        />
        <RevenueTile reading={revenue} within={within('event_date')} />
        <Tile
          title="Rejected events"
          about={arrival.to === filters.to ? 'share of what arrived' : 'share of what arrived until now'}
          reading={rejected}
          figure={compare(rejected, 'arrival_date', (rows) => shareOf(rows, 'rejected', 'events'), arrival)}
          write={(value) => formats.percent(value, 2)}
          isShare
          isBetterLow
        />
      </div>
      <div class="cards">
        <DayCard title="Daily active players" reading={players} day="event_date" y="dau" isCount />
        <DayCard title="New players per day" reading={newcomers} day="event_date" y="new_players" isCount />
        <RetentionCurve reading={retention} within={within('cohort_date')} />
        <DayCard title="Revenue per day" reading={revenue} day="event_date" y="revenue" isCount />
        <DayCard
          title="Rejected share of a day’s events"
          reading={rejected}
          day="arrival_date"
          y="rejected_rate"
          period={arrival}
          isWide
        />
      </div>
    </>
  );
}

/** Revenue is never converted: each currency has its own amount. */
function RevenueTile({
  reading,
  within,
}: {
  readonly reading: Reading;
  readonly within: (rows: readonly Row[]) => readonly Row[];
}) {
  const { formats } = useConsole();
  const amounts = reading.state === 'ready' ? amountsByCurrency(within(reading.result.rows), 'revenue') : [];
  const decimal = { name: 'revenue', type: 'decimal' };
  return (
    <Tile
      title="Net revenue"
      about={
        amounts.length > mostCurrencies
          ? `in ${formats.number(amounts.length)} currencies; the figures below have all of them`
          : 'by currency, never converted'
      }
      reading={reading}
    >
      {amounts.length === 0 ? (
        <p class="figure">{nothing}</p>
      ) : (
        <ul class="amounts">
          {amounts.slice(0, mostCurrencies).map(([currency, amount]) => (
            <li key={currency}>
              {formats.cell(decimal, amount)} <span class="unit">{currency}</span>
            </li>
          ))}
        </ul>
      )}
    </Tile>
  );
}

/** A value of each day of the period, by game. */
function DayCard({
  title,
  reading,
  day,
  y,
  period,
  isCount = false,
  isWide = false,
}: {
  readonly title: string;
  readonly reading: Reading;
  readonly day: string;
  readonly y: string;
  /** Default: what the pickers say. */
  readonly period?: Pick<Filters, 'from' | 'to'>;
  /** A day without a row has 0 of it. */
  readonly isCount?: boolean;
  readonly isWide?: boolean;
}) {
  const { place, source } = useConsole();
  const { filters } = place;
  const rowsOf = (rows: readonly Row[]): readonly Row[] =>
    rowsWithin(rowsOfGame(rows, filters.game), day, period ?? filters);
  const game = source.role === 'studio' ? 'game_id' : 'application_id';
  return (
    <Card title={title} reading={reading} rowsOf={rowsOf} isWide={isWide}>
      {({ info, result }) => (
        <ReportChart
          title={title}
          info={info}
          rows={rowsOf(result.rows)}
          chart={{ kind: 'line', x: day, y, series: game }}
          isCount={isCount}
        />
      )}
    </Card>
  );
}

/** The share of new players who come back so many days later, all cohorts of the period together. */
function RetentionCurve({
  reading,
  within,
}: {
  readonly reading: Reading;
  readonly within: (rows: readonly Row[]) => readonly Row[];
}) {
  const cohorts = useSame(reading.state === 'ready' ? within(reading.result.rows) : []);
  const rows = useMemo(() => curveOf(cohorts), [cohorts]);
  return (
    <Card
      title="Retention"
      about="Share of new players active exactly so many days later."
      reading={reading}
      rowsOf={within}
    >
      {() => (
        <ReportChart
          title="Retention"
          info={curveInfo}
          rows={rows}
          chart={{ kind: 'line', x: 'days_later', y: 'retention_rate' }}
        />
      )}
    </Card>
  );
}

const curveInfo = { grain: 'one row per days_later', columns: [{ name: 'days_later' }, { name: 'retention_rate' }] };
