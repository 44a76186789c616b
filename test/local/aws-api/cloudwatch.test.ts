import { describe, expect, it } from 'vitest';
import { cloudWatchProtocol } from '../../../local/aws-api/cloudwatch.ts';
import { decodeCbor, encodeCbor } from '../../../local/aws-api/cloudwatch/cbor.ts';
import type { AwsRequest } from '../../../local/aws-api/protocol.ts';
import { createAlarms } from '../../../local/metrics/alarms.ts';
import { createMetrics } from '../../../local/metrics/metrics.ts';

const now = Date.UTC(2026, 10, 21, 12, 0, 30);
const minute = new Date(Date.UTC(2026, 10, 21, 12));
const clock = (): number => now;
const none = (): void => undefined;

function aCloudWatch() {
  const metrics = createMetrics({ clock });
  const log = { info: none, warn: none, error: none, functionOutput: none };
  const place = { region: 'eu-central-1', accountId: '111122223333' };
  const alarms = createAlarms({ ...place, clock, log, metrics, events: { publish: none } });
  alarms.define('a', {
    AlarmName: 'a',
    Namespace: 'Own',
    MetricName: 'M',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  });
  const allowed: string[] = [];
  const protocol = cloudWatchProtocol({ metrics, alarms });
  const request = (changes: Partial<AwsRequest>) =>
    protocol.handle({
      method: 'POST',
      path: '/',
      query: new URLSearchParams(),
      headers: {},
      body: Buffer.alloc(0),
      requestId: 'r',
      authorize: (action: string) => void allowed.push(action),
      ...changes,
    } as AwsRequest);
  return {
    allowed,
    json: async (target: string, input: unknown) => {
      const { status, body } = await request({ target, body: Buffer.from(JSON.stringify(input)) });
      return [status, JSON.parse(String(body))] as const;
    },
    cbor: async (action: string, input: unknown) => {
      const path = `/service/GraniteServiceVersion20100801/operation/${action}`;
      const answer = await request({ path, headers: { 'smithy-protocol': 'rpc-v2-cbor' }, body: encodeCbor(input) });
      return [answer.status, decodeCbor(answer.body as Buffer), answer.headers?.['x-amzn-query-error']] as const;
    },
    query: async (form: string) => {
      const { status, body } = await request({ body: Buffer.from(form) });
      return [status, String(body)] as const;
    },
  };
}

describe('CloudWatch', () => {
  it('answers the same in JSON, in CBOR and in XML', async () => {
    const cloudWatch = aCloudWatch();
    const datum = {
      MetricName: 'M',
      Dimensions: [{ Name: 'D', Value: 'é' }],
      Values: [2, 3],
      Counts: [1, 2],
      Unit: 'Count',
    };
    expect(await cloudWatch.json('PutMetricData', { Namespace: 'Own', MetricData: [datum] })).toEqual([200, {}]);

    const [start, end] = [new Date(now - 120_000), new Date(now)];
    const asked = { Namespace: 'Own', MetricName: 'M', Dimensions: datum.Dimensions, Period: 60, Statistics: ['Sum'] };
    const seconds = { StartTime: start.getTime() / 1000, EndTime: end.getTime() / 1000 };
    const point = { Timestamp: minute.getTime() / 1000, Unit: 'Count', Sum: 8 };
    expect(await cloudWatch.json('GetMetricStatistics', { ...asked, ...seconds })).toEqual([
      200,
      { Label: 'M', Datapoints: [point] },
    ]);
    expect(await cloudWatch.cbor('GetMetricStatistics', { ...asked, StartTime: start, EndTime: end })).toEqual([
      200,
      { Label: 'M', Datapoints: [{ ...point, Timestamp: minute }] },
      undefined,
    ]);
    const form = new URLSearchParams({
      Action: 'GetMetricStatistics',
      Namespace: 'Own',
      MetricName: 'M',
      'Dimensions.member.1.Name': 'D',
      'Dimensions.member.1.Value': 'é',
      Period: '60',
      'Statistics.member.1': 'Sum',
      StartTime: start.toISOString(),
      EndTime: end.toISOString(),
    });
    expect(await cloudWatch.query(String(form))).toEqual([
      200,
      expect.stringContaining(
        '<Datapoints><member><Timestamp>2026-11-21T12:00:00.000Z</Timestamp><Unit>Count</Unit><Sum>8</Sum></member>',
      ),
    ]);
    expect(cloudWatch.allowed.at(-1)).toBe('cloudwatch:GetMetricStatistics');
  });

  it('computes metric math, and leaves out what is only a part of it', async () => {
    const cloudWatch = aCloudWatch();
    await cloudWatch.json('PutMetricData', { Namespace: 'Own', MetricData: [{ MetricName: 'M', Value: 4 }] });
    const MetricStat = { Metric: { Namespace: 'Own', MetricName: 'M' }, Period: 60, Stat: 'Average' };
    const queries = [
      { Id: 'e1', Expression: 'm1 / 2', Label: 'half' },
      { Id: 'm1', MetricStat, ReturnData: false },
    ];
    const times = { StartTime: now / 1000 - 120, EndTime: now / 1000 };
    const [, answer] = await cloudWatch.json('GetMetricData', { MetricDataQueries: queries, ...times });
    const Timestamps = [minute.getTime() / 1000];
    expect(answer).toEqual({
      MetricDataResults: [{ Id: 'e1', Label: 'half', Timestamps, Values: [2], StatusCode: 'Complete' }],
    });
  });

  it('shows alarms, and lets a state be set until they are judged again', async () => {
    const cloudWatch = aCloudWatch();
    const state = { AlarmName: 'a', StateValue: 'ALARM', StateReason: 'by hand' };
    expect(await cloudWatch.cbor('SetAlarmState', state)).toEqual([200, {}, undefined]);
    const [, history] = await cloudWatch.json('DescribeAlarmHistory', { AlarmName: 'a' });
    expect(history).toMatchObject({
      AlarmHistoryItems: [{ HistorySummary: 'Alarm updated from INSUFFICIENT_DATA to ALARM' }],
    });
    const [, shown] = await cloudWatch.json('DescribeAlarms', {});
    expect(shown).toMatchObject({ MetricAlarms: [{ AlarmName: 'a', StateValue: 'OK', Threshold: 1 }] });
  });

  it.each([
    ['SetAlarmState', { AlarmName: 'x', StateValue: 'OK', StateReason: 'r' }, 404, 'ResourceNotFound'],
    ['SetAlarmState', { AlarmName: 'a', StateValue: 'RED', StateReason: 'r' }, 400, 'InvalidParameterValue'],
    ['PutMetricData', { Namespace: 'AWS/Lambda', MetricData: [] }, 400, 'InvalidParameterValue'],
    ['PutMetricData', { Namespace: 'Own', MetricData: [{ MetricName: 'M' }] }, 400, 'InvalidParameterValue'],
    ['GetMetricData', { MetricDataQueries: [{ Id: 'e', Expression: 'RATE(m)' }] }, 400, 'InvalidParameterValue'],
    ['PutDashboard', {}, 400, 'UnknownOperationException'],
  ])('refuses %s with %j', async (action, input, status, code) => {
    const cloudWatch = aCloudWatch();
    expect(await cloudWatch.json(action, input)).toMatchObject([status, { __type: code }]);
    expect(await cloudWatch.cbor(action, input)).toMatchObject([status, { __type: code }, `${code};Sender`]);
  });
});

describe('CBOR', () => {
  it('comes back as it went', () => {
    const value = { a: [1, -1, 23, 24, -500, 2 ** 40, 0.1, 'ü', true, false, null], b: { c: new Date(1_500) }, d: '' };
    expect(decodeCbor(encodeCbor(value))).toEqual(value);
  });

  it.each([
    ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
    ['f93c00', 1],
    ['fa47c35000', 100_000],
    ['7f61616162ff', 'ab'],
    ['c11a514b67b0', new Date(1_363_896_240_000)],
  ])('reads %s', (hex, value) => expect(decodeCbor(Buffer.from(hex, 'hex'))).toEqual(value));

  it.each([
    ['', /outside|range/i],
    ['82', /more items/],
    ['9bffffffffffffffff', /more items/],
    ['9f', /range/i],
    ['ff', /a break stands outside/],
    ['0101', /bytes follow/],
    ['a101', /more items/],
    ['62ff', /ends too early/],
    [`${'81'.repeat(200)}01`, /nested deeper/],
    ['1f', /no open length|range/i],
  ])('refuses %s', (hex, message) => {
    expect(() => decodeCbor(Buffer.from(hex, 'hex'))).toThrow(message);
  });
});
