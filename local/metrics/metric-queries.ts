import type { MetricBucket } from './metric-bucket.ts';
import { oneSeries, readMetricMath, type MetricMath, type Series } from './metric-math.ts';
import type { LocalMetrics, MetricName } from './metrics.ts';

/** One line of a question: a statistic of a metric, or metric math over other lines. */
export type MetricQuery = { readonly id: string; readonly returnsData: boolean; readonly label: string } & (
  { readonly metric: MetricName; readonly statistic: string } | { readonly math: MetricMath }
);

/** Points of one length in milliseconds, the first at `start`. */
export interface Window {
  readonly start: number;
  readonly period: number;
  readonly points: number;
}

/** A `Metric` of the API or of a template. */
interface GivenMetric {
  readonly Namespace?: unknown;
  readonly MetricName?: unknown;
  readonly Dimensions?: unknown;
}

/** A `MetricDataQuery` of the API or of a template; numbers may be texts. */
export interface GivenQuery {
  readonly Id?: unknown;
  readonly Label?: unknown;
  readonly ReturnData?: unknown;
  readonly Expression?: unknown;
  readonly Period?: unknown;
  readonly MetricStat?: { readonly Metric?: GivenMetric; readonly Period?: unknown; readonly Stat?: unknown };
}

/** Throws on expressions and statistics that have no stand-in. */
export function readQuery(given: GivenQuery): MetricQuery {
  const { Id, Label, ReturnData, Expression, MetricStat } = given;
  const id = String(Id ?? '');
  const returnsData = ReturnData === undefined || String(ReturnData) !== 'false';
  if (Expression !== undefined) {
    return { id, returnsData, label: String(Label ?? id), math: readMetricMath(String(Expression)) };
  }
  const metric = readMetricName(MetricStat?.Metric ?? {});
  const statistic = checkStatistic(MetricStat?.Stat);
  return { id, returnsData, label: String(Label ?? metric.name), metric, statistic };
}

export function readMetricName({ Namespace, MetricName, Dimensions }: GivenMetric): MetricName {
  const pairs = (Array.isArray(Dimensions) ? Dimensions : []) as readonly {
    readonly Name: string;
    readonly Value: string;
  }[];
  return {
    namespace: String(Namespace ?? ''),
    name: String(MetricName ?? ''),
    dimensions: Object.fromEntries(pairs.map(({ Name, Value }) => [String(Name), String(Value)])),
  };
}

/** The period of a query in milliseconds: its own, or the longest of the metrics beside it. */
export function periodOf(given: readonly GivenQuery[]): number {
  const seconds = given.map(({ Period, MetricStat }) => Number(MetricStat?.Period ?? Period ?? 0));
  return Math.max(60, ...seconds) * 1000;
}

/** What each line of a question is at the points of the window, by its id. */
export function answerQueries(
  queries: readonly MetricQuery[],
  window: Window,
  metrics: Pick<LocalMetrics, 'between'>,
): ReadonlyMap<string, Series> {
  const answers = new Map<string, Series>();
  for (const query of queries) if ('metric' in query) answers.set(query.id, readSeries(query, window, metrics));
  const known = new Map(answers);
  for (const query of queries) {
    if (!('math' in query)) continue;
    const series = known.size === 0 ? new Map([['', Array.from({ length: window.points }, () => undefined)]]) : known;
    answers.set(query.id, oneSeries(query.math(series), window.points));
    known.set(query.id, answers.get(query.id)!);
  }
  return answers;
}

function readSeries(
  { metric, statistic }: { readonly metric: MetricName; readonly statistic: string },
  { start, period, points }: Window,
  metrics: Pick<LocalMetrics, 'between'>,
): Series {
  return Array.from({ length: points }, (_, point) => {
    const from = start + point * period;
    const bucket = metrics.between(metric, from, from + period);
    return bucket && statisticOf(bucket, statistic);
  });
}

/** A statistic of CloudWatch; percentiles are `p50`, `p99.9`. */
export function statisticOf(bucket: MetricBucket, statistic: string): number {
  switch (statistic) {
    case 'Sum':
      return bucket.sum;
    case 'SampleCount':
      return bucket.count;
    case 'Average':
      return bucket.sum / bucket.count;
    case 'Minimum':
      return bucket.min;
    case 'Maximum':
      return bucket.max;
    default:
      return bucket.percentile(Number(statistic.slice(1)) / 100);
  }
}

export function checkStatistic(statistic: unknown): string {
  const text = String(statistic);
  if (/^(Sum|SampleCount|Average|Minimum|Maximum|p(100|\d{1,2}(\.\d+)?))$/.test(text)) return text;
  throw new Error(`the statistic ${JSON.stringify(text)} has no stand-in`);
}
