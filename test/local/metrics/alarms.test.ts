import { describe, expect, it } from 'vitest';
import { judgePoints, readAlarm } from '../../../local/metrics/alarm.ts';
import { oneSeries, readMetricMath, type Series } from '../../../local/metrics/metric-math.ts';

describe('metric math', () => {
  const series = new Map<string, Series>([
    ['a', [1, 2, undefined, 0]],
    ['b', [2, undefined, undefined, 4]],
  ]);
  const at = (expression: string): Series => oneSeries(readMetricMath(expression)(series), 4);

  it.each([
    ['a + b * 2', [5, undefined, undefined, 8]],
    ['100 * a / (a + b)', [100 / 3, undefined, undefined, 0]],
    ['b / a', [2, undefined, undefined, undefined]],
    ['SUM([a, b])', [3, 2, undefined, 4]],
    ['MAX([a, b])', [2, 2, undefined, 4]],
    ['SUM(a)', [3, 3, 3, 3]],
    ['AVG(METRICS())', [1.5, 2, undefined, 2]],
    ['FILL(a, 7)', [1, 2, 7, 0]],
    ['IF(a >= 1 AND b > 1, 10, -a)', [10, undefined, undefined, 0]],
    ['IF(a, b, 5)', [2, undefined, undefined, 5]],
    ['IF(a > 0 AND SUM([nothing, 0 * a]) == 0, 1, 0)', [1, 1, undefined, 0]],
    ['a < 2 OR a == 2', [1, 1, undefined, 1]],
  ])('%s', (expression, expected) => expect(at(expression).map((one) => (one === 0 ? 0 : one))).toEqual(expected));

  it.each(['a +', 'RATE(a)', 'a b', '(a', 'a ? b', '1 $ 2'])('refuses %s, and says so', (expression) => {
    expect(() => readMetricMath(expression)).toThrow(/is not understood here/);
  });

  it('refuses what would be several series', () => {
    expect(() => at('[a, b]')).toThrow(/several series/);
    expect(() => at('METRICS() * 2')).toThrow(/several series/);
  });
});

const properties = {
  Namespace: 'AWS/Lambda',
  MetricName: 'Errors',
  Dimensions: [{ Name: 'FunctionName', Value: 'f' }],
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};

describe('an alarm', () => {
  it.each([
    ['notBreaching', [5, 5, 0], 'ALARM'],
    ['notBreaching', [5, 4, undefined], 'OK'],
    ['notBreaching', [undefined, undefined, undefined], 'OK'],
    ['breaching', [5, undefined, 0], 'ALARM'],
    ['missing', [undefined, undefined, undefined], 'INSUFFICIENT_DATA'],
    ['missing', [5, undefined, undefined], 'OK'],
    ['ignore', [5, undefined, undefined], undefined],
    ['ignore', [0, 0, undefined], 'OK'],
  ] as const)('that treats missing points as %s is, after %j, %s', (TreatMissingData, points, state) => {
    expect(judgePoints(readAlarm({ ...properties, TreatMissingData }), points)).toBe(state);
  });

  it.each([
    [{ Statistic: 'TM(10%:90%)' }, /statistic "TM\(10%:90%\)" has no stand-in/],
    [{ ComparisonOperator: 'GreaterThanUpperThreshold' }, /GreaterThanUpperThreshold has no stand-in/],
    [{ TreatMissingData: 'red' }, /red; it may be breaching, notBreaching, ignore, missing/],
    [{ Period: 3600, EvaluationPeriods: 4 }, /looks back 180 minutes at most/],
  ])('with %j does not start', (changes, message) => {
    expect(() => readAlarm({ ...properties, ...changes })).toThrow(message);
  });
});
