import {
  answerQueries,
  checkStatistic,
  periodOf,
  readMetricName,
  readQuery,
  statisticOf,
} from '../../metrics/metric-queries.ts';
import type { GivenQuery } from '../../metrics/metric-queries.ts';
import type { MetricSeries } from '../../metrics/metrics.ts';
import type { MetricDatum } from '../../runtime.ts';
import type { CloudWatchServices } from '../cloudwatch.ts';
import { pageOf } from '../pages.ts';
import { invalid, listOf, momentOf, textOf, type CloudWatchAction, type Input } from './input.ts';

/** Limits of the API reference: ListMetrics, GetMetricData, GetMetricStatistics. */
const mostMetrics = 500;
const mostPoints = 100_800;
const mostStatistics = 1_440;

/** What puts and reads values. */
export function metricActions({ metrics }: CloudWatchServices): Readonly<Record<string, CloudWatchAction>> {
  return {
    async ListMetrics({ Namespace, MetricName, Dimensions, NextToken }) {
      const wanted = listOf<{ readonly Name: string; readonly Value?: string }>(Dimensions);
      const found = metrics
        .series()
        .filter(
          (one) =>
            (Namespace === undefined || one.namespace === Namespace) &&
            (MetricName === undefined || one.name === MetricName) &&
            wanted.every(({ Name, Value }) => hasDimension(one, Name, Value)),
        );
      const { items, nextToken } = pageOf(found, {
        token: NextToken,
        size: mostMetrics,
        error: 'InvalidParameterValue',
      });
      return {
        Metrics: items.map((one) => ({
          Namespace: one.namespace,
          MetricName: one.name,
          Dimensions: Object.entries(one.dimensions).map(([Name, Value]) => ({ Name, Value })),
        })),
        ...(nextToken !== undefined && { NextToken: nextToken }),
      };
    },

    async GetMetricData({ MetricDataQueries, StartTime, EndTime, ScanBy }) {
      const given = listOf<GivenQuery>(MetricDataQueries);
      if (given.length === 0) throw invalid('MetricDataQueries is empty');
      const queries = given.map((one) => refuseUnknown(() => readQuery(one)));
      const period = periodOf(given);
      const start = Math.floor(momentOf(StartTime, 'StartTime') / period) * period;
      const points = pointsBetween(start, momentOf(EndTime, 'EndTime'), period, mostPoints);
      const answers = refuseUnknown(() => answerQueries(queries, { start, period, points }, metrics));
      const isAscending = ScanBy === 'TimestampAscending';
      return {
        MetricDataResults: queries
          .filter(({ returnsData }) => returnsData)
          .map(({ id, label }) => {
            const known = (answers.get(id) ?? []).flatMap((value, point) =>
              value === undefined ? [] : [{ at: new Date(start + point * period), value }],
            );
            const ordered = isAscending ? known : known.toReversed();
            return {
              Id: id,
              Label: label,
              Timestamps: ordered.map(({ at }) => at),
              Values: ordered.map(({ value }) => value),
              StatusCode: 'Complete',
            };
          }),
      };
    },

    async GetMetricStatistics(input) {
      const metric = readMetricName({ ...input, Namespace: textOf(input.Namespace, 'Namespace') });
      const period = Number(input.Period) * 1000;
      if (!(period >= 60_000) || period % 60_000 !== 0) throw invalid('Period is a multiple of 60 seconds here');
      const start = Math.floor(momentOf(input.StartTime, 'StartTime') / period) * period;
      const points = pointsBetween(start, momentOf(input.EndTime, 'EndTime'), period, mostStatistics);
      const plain = listOf<string>(input.Statistics).map((one) => refuseUnknown(() => checkStatistic(one)));
      const extended = listOf<string>(input.ExtendedStatistics).map((one) => refuseUnknown(() => checkStatistic(one)));
      const unit = metrics.series().find((one) => one.namespace === metric.namespace && one.name === metric.name)?.unit;
      const found = Array.from({ length: points }, (_, point) => {
        const from = start + point * period;
        const bucket = metrics.between(metric, from, from + period);
        if (!bucket) return [];
        const valuesOf = (names: readonly string[]) =>
          Object.fromEntries(names.map((name) => [name, statisticOf(bucket, name)]));
        return {
          Timestamp: new Date(from),
          Unit: unit ?? 'None',
          ...valuesOf(plain),
          ...(extended.length > 0 && { ExtendedStatistics: valuesOf(extended) }),
        };
      });
      return { Label: metric.name, Datapoints: found.flat() };
    },

    async PutMetricData({ Namespace, MetricData }) {
      const namespace = textOf(Namespace, 'Namespace');
      if (namespace.startsWith('AWS/')) throw invalid('The value AWS/ for parameter Namespace is invalid.');
      for (const one of listOf<Input>(MetricData)) putDatum(namespace, one);
      return undefined;
    },
  };

  function putDatum(namespace: string, given: Input): void {
    const { name, dimensions } = readMetricName({ ...given, Namespace: namespace });
    const timestamp = given.Timestamp === undefined ? undefined : momentOf(given.Timestamp, 'Timestamp');
    if (given.StatisticValues !== undefined) throw invalid('StatisticValues has no stand-in: put Value or Values');
    const values = given.Values === undefined ? [given.Value] : listOf<unknown>(given.Values);
    const counts = listOf<unknown>(given.Counts);
    const unit = (given.Unit ?? 'None') as MetricDatum['unit'];
    values.forEach((value, index) => {
      if (!Number.isFinite(Number(value ?? Number.NaN))) throw invalid(`Value is ${String(value)}; it is a number`);
      for (let times = Number(counts[index] ?? 1); times > 0; times -= 1) {
        metrics.put({
          namespace,
          name,
          dimensions,
          value: Number(value),
          unit,
          ...(timestamp !== undefined && { timestamp }),
        });
      }
    });
  }
}

function hasDimension({ dimensions }: MetricSeries, name: string, value: string | undefined): boolean {
  return Object.hasOwn(dimensions, name) && (value === undefined || dimensions[name] === value);
}

function pointsBetween(start: number, end: number, period: number, most: number): number {
  const points = Math.ceil((end - start) / period);
  if (points < 1) throw invalid('EndTime must lie after StartTime');
  if (points > most) throw invalid(`that are ${points} points; ${most} can be asked for`);
  return points;
}

/** What has no stand-in is the caller's fault here, not the runtime's. */
function refuseUnknown<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}
