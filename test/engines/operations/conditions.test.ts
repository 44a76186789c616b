import { beforeAll, describe, expect, it } from 'vitest';
import { rejectionCodes } from '../../../business-logic/events-processing/rejection.ts';
import { metricWriter } from '../../../business-logic/shared/metrics.ts';
import { deliveryIntervalSeconds, transformIntervalSeconds } from '../../../lib/constructs/delivery-intervals.ts';
import { alarmBench, alarmsOf, type TemplateAlarm } from '../../support/alarm-bench.ts';
import { aConfig } from '../../support/a-config.ts';
import { knownMetrics } from '../../support/known-metrics.ts';
import { synthesizeConfig, type Synthesized } from '../../support/synthesized.ts';

/** The modes between them have every alarm there is. */
const modes = {
  direct: {},
  'stream and warehouse': { INGEST_MODE: 'KINESIS_DATA_STREAMS', DATA_STACK: 'REDSHIFT', DEV_MODE: false },
} as const;

type Values = Readonly<Record<string, number | readonly number[] | undefined>>;

/** What is put into a point: at the alarm's threshold, and the most that is still below it. */
interface Condition {
  at(threshold: number): Values;
  below(threshold: number): readonly Values[];
}

/** An alarm that compares one metric: its own threshold, and a little less. */
const plain: Condition = {
  at: (threshold) => ({ m1: threshold }),
  below: (threshold) => [{ m1: threshold - 0.001 }, {}],
};

const conditions: Readonly<Record<string, Condition>> = {
  'rejected-share': {
    at: (share) => ({ accepted: 1000 - 10 * share, rejected: 10 * share }),
    below: (share) => [
      { accepted: 1001 - 10 * share, rejected: 10 * share - 1 },
      // Too few to tell.
      { accepted: 0, rejected: 99 },
      { accepted: 0, rejected: 0 },
    ],
  },
  'delivery-stalled': {
    at: () => ({ taken: 1 }),
    below: () => [{ taken: 5, delivered: 1 }, { delivered: 100 }, { taken: 0 }, {}],
  },
  'server-errors': {
    at: (share) => ({ errors: [5], requests: [500 / share] }),
    below: (share) => [
      { errors: [5], requests: [500 / share + 1] },
      { errors: [4], requests: [4] },
      { errors: [0], requests: [0] },
    ],
  },
  'jobs-failed': { at: (count) => ({ rule1: count }), below: () => [{ starts: 0 }, {}] },
  'loads-failed': {
    at: (count) => ({ failed: count - 1, timedOut: 1, aborted: 0 }),
    below: (count) => [{ failed: count - 1, timedOut: 0, aborted: 0 }, {}],
  },
  'setup-failed': {
    at: (count) => ({ failed: 0, timedOut: 0, aborted: count }),
    below: () => [{ failed: 0, timedOut: 0, aborted: 0 }, {}],
  },
};

describe.each(Object.entries(modes))('the alarms of %s', (_mode, settings) => {
  let synthesized: Synthesized;
  let alarms: readonly TemplateAlarm[];

  beforeAll(() => {
    synthesized = synthesizeConfig(settings);
    alarms = alarmsOf(synthesized);
  });

  it('fire at their own thresholds, for as many points as they ask, and go quiet', async () => {
    expect(alarms.length).toBeGreaterThan(10);
    for (const alarm of alarms) {
      const { name, threshold, points, pointsToAlarm } = alarm;
      const { at, below } = conditions[name] ?? plain;
      const bench = alarmBench(alarm);
      for (const values of below(threshold)) expect([name, await bench.point(values)]).toEqual([name, 'OK']);
      for (let point = 1; point <= pointsToAlarm; point += 1) {
        const expected = point < pointsToAlarm ? 'OK' : 'ALARM';
        expect([name, point, await bench.point(at(threshold))]).toEqual([name, point, expected]);
      }
      expect(bench.told).toEqual([expect.stringMatching(/Failures.*Topic.* ALARM$/)]);

      // Quiet once there is nothing left to count, and told nobody of it.
      const states = [];
      for (let point = 0; point < points; point += 1) states.push(await bench.point({}));
      expect([name, states.at(-1)]).toEqual([name, 'OK']);
      expect(bench.told).toHaveLength(1);
    }
  });

  it('look at metrics that exist, dimension by dimension, of what these stacks deploy', () => {
    const known = knownMetrics(synthesized);
    const problems = alarms.flatMap(({ name, metrics }) => metrics.flatMap((metric) => known.problemsOf(name, metric)));
    expect(problems).toEqual([]);
  });

  it('tell the topic of failures, whose policy lets them', () => {
    const policies = synthesized.resources.filter(({ Type }) => Type === 'AWS::SNS::TopicPolicy');
    expect(JSON.stringify(policies)).toContain('"cloudwatch.amazonaws.com"');
    for (const { properties } of alarms) {
      expect(properties.AlarmActions).toEqual([expect.stringMatching(/Failures.*Topic/)]);
      expect(properties.TreatMissingData).toBe('notBreaching');
    }
  });

  it('have a threshold of freshness well above what the buffers make', () => {
    const waits = transformIntervalSeconds + deliveryIntervalSeconds(aConfig(settings));
    const { threshold } = alarms.find(({ name }) => name === 'freshness')!;
    expect(threshold).toBeGreaterThanOrEqual(1.5 * waits);
    const stalled = alarms.find(({ name }) => name === 'delivery-stalled')!;
    expect(stalled.periodMinutes * 60).toBeGreaterThan(waits);
  });

  it('stand on the dashboard', () => {
    const dashboard = synthesized.resources.find(({ Type }) => Type === 'AWS::CloudWatch::Dashboard');
    const body = JSON.stringify(dashboard?.Properties.DashboardBody);
    for (const { logicalId } of alarms) expect(body).toContain(logicalId);
  });
});

it('counts by reasons that a line of the log may hold', () => {
  const lines: string[] = [];
  const count = metricWriter({ functionName: 'transform', write: (line) => lines.push(line) });
  for (const Reason of rejectionCodes) count({ counts: { EventsRejectedByReason: 1 }, by: { Reason } });
  const dimensions = lines.map((line) => (JSON.parse(line) as { Reason: string }).Reason);
  expect(dimensions).toEqual([...rejectionCodes]);
});
