import { beforeEach, describe, expect, it } from 'vitest';
import { metricWriter } from '../../../business-logic/shared/metrics.ts';
import { readEmbeddedMetrics } from '../../../local/metrics/embedded-metrics.ts';
import { createLogFilters } from '../../../local/metrics/log-filters.ts';
import { createMetrics, keptMinutes, type LocalMetrics } from '../../../local/metrics/metrics.ts';
import { openMetricsText } from '../../../local/metrics/open-metrics.ts';

let now: number;
let metrics: LocalMetrics;
beforeEach(() => {
  now = Date.UTC(2026, 10, 21, 12);
  metrics = createMetrics({ clock: () => now });
});

const lambda = { namespace: 'AWS/Lambda', dimensions: { FunctionName: 'f' } } as const;
const errors = { ...lambda, name: 'Errors' };

describe('metrics', () => {
  it('are kept by the minute, and forgotten after some hours', () => {
    metrics.put({ ...errors, value: 1, unit: 'Count' });
    now += 60_000;
    metrics.put({ ...errors, value: 3, unit: 'Count' });
    expect(metrics.between(errors, now - 60_000, now + 60_000)).toMatchObject({ count: 2, sum: 4, min: 1, max: 3 });
    expect(metrics.between(errors, now, now + 60_000)).toMatchObject({ count: 1, sum: 3 });
    expect(metrics.between({ ...errors, dimensions: {} }, now, now + 60_000)).toBeUndefined();

    const first = now;
    now += (keptMinutes + 2) * 60_000;
    metrics.put({ ...errors, value: 1, unit: 'Count' });
    expect(metrics.between(errors, first - 60_000, first + 60_000)).toBeUndefined();
    expect(metrics.series()[0]?.total.sum).toBe(5);
  });

  it('stay bounded, whatever the names and the clock', () => {
    for (let i = 0; i < 3_000; i += 1) {
      metrics.put({ ...lambda, name: `M${i}`, value: 1, unit: 'Count' });
      now -= 60_000;
      metrics.put({ ...errors, value: Number.NaN, unit: 'Count' });
      metrics.put({ ...lambda, name: 'M0', value: 1, unit: 'Count' });
    }
    expect(metrics.series()).toHaveLength(2_000);
  });

  it('are counted under smaller sets of dimensions too, whose sums nobody adds up', () => {
    const dimensions = { ApiName: 'a', Stage: 's', Method: 'GET' };
    const alsoBy = [['ApiName', 'Stage']];
    metrics.put({ namespace: 'AWS/ApiGateway', name: 'Count', dimensions, alsoBy, value: 1, unit: 'Count' });
    const rollup = { namespace: 'AWS/ApiGateway', name: 'Count', dimensions: { Stage: 's', ApiName: 'a' } };
    expect(metrics.between(rollup, now, now + 1)?.sum).toBe(1);
    expect(openMetricsText(metrics.series(), []).match(/^aws_apigateway_count_total/gm)).toHaveLength(1);
  });

  it('know percentiles to 2 %', () => {
    for (let i = 1; i <= 1000; i += 1) metrics.put({ ...lambda, name: 'Duration', value: i, unit: 'Milliseconds' });
    const bucket = metrics.between({ ...lambda, name: 'Duration' }, now, now + 1)!;
    for (const share of [0.5, 0.99]) expect(Math.abs(bucket.percentile(share) / (1000 * share) - 1)).toBeLessThan(0.03);
  });

  it('are sampled once a minute', async () => {
    let asked = 0;
    metrics.sampleEachMinute(() => [{ ...lambda, name: 'Depth', value: (asked += 1), unit: 'Count' }]);
    await metrics.sample();
    await metrics.sample();
    expect(asked).toBe(1);
    now += 60_000;
    await metrics.sample();
    expect(metrics.series()[0]).toMatchObject({ isMeasured: true, last: 2 });
  });
});

it('reads the lines that a function writes, and no others', () => {
  const lines: string[] = [];
  const count = metricWriter({ functionName: 'f', write: (line) => lines.push(line) });
  count({ counts: { EventsAccepted: 2, EventsRejected: 0 } });
  count({ counts: { EventsRejectedByReason: 3 }, by: { Reason: 'invalid_envelope' } });
  count({ counts: {} });
  readEmbeddedMetrics(['{"level":"INFO"}', ...lines, '{"_aws":{', ''].join('\n'), metrics);
  expect(metrics.series().map(({ name, dimensions, total }) => [name, dimensions, total.sum])).toEqual([
    ['EventsAccepted', { FunctionName: 'f' }, 2],
    ['EventsRejected', { FunctionName: 'f' }, 0],
    ['EventsRejectedByReason', { FunctionName: 'f', Reason: 'invalid_envelope' }, 3],
  ]);
});

describe('a metric filter', () => {
  const transformation = { MetricNamespace: 'N', MetricName: 'M', MetricValue: '1', DefaultValue: 0 };
  const filter = { FilterPattern: '{ $.status = "429" }', MetricTransformations: [transformation] };

  it('counts lines that match, and says 0 for others', () => {
    const filters = createLogFilters({ metrics });
    filters.define('g', filter);
    expect([filters.has('g'), filters.has('h')]).toEqual([true, false]);
    for (const line of ['{"status":"429"}', '{"status":"200"}', '{"status":429}', 'no JSON', '1'])
      filters.write('g', line);
    expect(metrics.series()[0]?.total).toMatchObject({ sum: 1, count: 3 });
  });

  it.each([
    [{ FilterPattern: '{ $.status >= 400 }' }, /has no stand-in: one is/],
    [{ MetricTransformations: [{ ...transformation, Dimensions: [] }] }, /with dimensions/],
    [{ MetricTransformations: [{ ...transformation, MetricValue: '$.bytes' }] }, /values taken from a line/],
  ])('with %j does not start', (changes, message) => {
    expect(() => createLogFilters({ metrics }).define('g', { ...filter, ...changes })).toThrow(message);
  });
});

it('writes OpenMetrics', () => {
  const dimensions = { FunctionName: 'a "b"\\\n' };
  metrics.put({ ...errors, dimensions, value: 2, unit: 'Count' });
  metrics.put({ ...lambda, name: 'Duration', value: 1500, unit: 'Milliseconds' });
  metrics.put({ ...lambda, name: 'Age.OfOldest', value: 7, unit: 'Seconds', isMeasured: true });
  // A gauge of the name of another's sample would be taken for it.
  metrics.put({ ...lambda, name: 'Errors.Total', value: 1, unit: 'None' });
  expect(openMetricsText(metrics.series(), []).split('\n')).toEqual([
    '# TYPE aws_lambda_age_of_oldest_seconds gauge',
    '# UNIT aws_lambda_age_of_oldest_seconds seconds',
    '# HELP aws_lambda_age_of_oldest_seconds AWS/Lambda Age.OfOldest',
    'aws_lambda_age_of_oldest_seconds{function_name="f"} 7',
    '# TYPE aws_lambda_duration_seconds summary',
    '# UNIT aws_lambda_duration_seconds seconds',
    '# HELP aws_lambda_duration_seconds AWS/Lambda Duration',
    'aws_lambda_duration_seconds_count{function_name="f"} 1',
    'aws_lambda_duration_seconds_sum{function_name="f"} 1.5',
    '# TYPE aws_lambda_errors counter',
    '# HELP aws_lambda_errors AWS/Lambda Errors',
    'aws_lambda_errors_total{function_name="a \\"b\\"\\\\\\n"} 2',
    '# TYPE aws_lambda_errors_total_value gauge',
    '# HELP aws_lambda_errors_total_value AWS/Lambda Errors.Total',
    'aws_lambda_errors_total_value{function_name="f"} 1',
    '# EOF',
    '',
  ]);
});
