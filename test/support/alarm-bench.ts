import { createAlarms, type LocalAlarms } from '../../local/metrics/alarms.ts';
import { createMetrics, type LocalMetrics } from '../../local/metrics/metrics.ts';
import { textOf, type Synthesized, type TemplateResource } from './synthesized.ts';

/** A metric as an alarm of a template names it. */
export interface WatchedMetric {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
}

/** An alarm of a template, its names as texts. */
export interface TemplateAlarm {
  /** The end of its name: `rejected-share`. */
  readonly name: string;
  readonly logicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly threshold: number;
  /** Minutes of one point. */
  readonly periodMinutes: number;
  readonly pointsToAlarm: number;
  readonly points: number;
  readonly metrics: readonly WatchedMetric[];
}

/** Every alarm that a configuration deploys; `test` is its WORKLOAD_NAME. */
export function alarmsOf({ resources }: Pick<Synthesized, 'resources'>): readonly TemplateAlarm[] {
  return resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').map(readAlarm);
}

interface StatQuery {
  readonly Id: string;
  readonly MetricStat?: {
    readonly Period: number;
    readonly Stat: string;
    readonly Metric: { readonly Namespace: string; readonly MetricName: string; readonly Dimensions?: readonly Pair[] };
  };
}

interface Pair {
  readonly Name: string;
  readonly Value: unknown;
}

function readAlarm({ logicalId, Properties }: TemplateResource): TemplateAlarm {
  const properties = textsIn(Properties) as Readonly<Record<string, unknown>>;
  const { Metrics, AlarmName, Threshold, EvaluationPeriods, DatapointsToAlarm, Period } = properties;
  const { Namespace, MetricName, Dimensions, Statistic } = properties;
  const Metric = { Namespace, MetricName, Dimensions };
  const single = [{ Id: 'm1', MetricStat: { Period, Stat: Statistic, Metric } }];
  const queries = ((Metrics ?? single) as readonly StatQuery[]).filter(({ MetricStat }) => MetricStat !== undefined);
  return {
    name: String(AlarmName).replace(/^test-/, ''),
    logicalId,
    properties,
    threshold: Number(Threshold),
    periodMinutes: Math.max(...queries.map(({ MetricStat }) => MetricStat!.Period)) / 60,
    points: Number(EvaluationPeriods),
    pointsToAlarm: Number(DatapointsToAlarm ?? EvaluationPeriods),
    metrics: queries.map(({ Id, MetricStat }) => ({
      id: Id,
      namespace: MetricStat!.Metric.Namespace,
      name: MetricStat!.Metric.MetricName,
      dimensions: Object.fromEntries(
        (MetricStat!.Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, String(Value)]),
      ),
      statistic: MetricStat!.Stat,
    })),
  };
}

/** References become texts, as `textOf` makes them. */
function textsIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(textsIn);
  if (typeof value !== 'object' || value === null) return value;
  const [first = ''] = Object.keys(value);
  if (first === 'Ref' || first.startsWith('Fn::')) return textOf(value);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, textsIn(one)]));
}

/** One alarm over metrics of its own, the clock in the test's hands. */
export interface AlarmBench {
  readonly alarms: LocalAlarms;
  readonly metrics: LocalMetrics;
  /** Topics that were told, with the state that they were told of. */
  readonly told: readonly string[];
  /** Puts values into the next point (metrics by their ids; several values of one metric as a list), then ends it. */
  point(values: Readonly<Record<string, number | readonly number[] | undefined>>): Promise<string>;
}

const none = (): void => undefined;

export function alarmBench(alarm: TemplateAlarm): AlarmBench {
  let now = Date.UTC(2026, 10, 21, 12);
  const clock = (): number => now;
  const metrics = createMetrics({ clock });
  const told: string[] = [];
  const alarms = createAlarms({
    region: 'eu-central-1',
    accountId: '111122223333',
    clock,
    log: { info: none, warn: none, error: none, functionOutput: none },
    metrics,
    events: {
      publish: (topic, message) => {
        told.push(`${topic} ${(JSON.parse(message) as { NewStateValue: string }).NewStateValue}`);
      },
    },
  });
  alarms.define(alarm.name, alarm.properties);
  return {
    alarms,
    metrics,
    told,
    async point(values) {
      for (const { id, ...metric } of alarm.metrics) {
        for (const value of [values[id] ?? []].flat()) metrics.put({ ...metric, value, unit: 'Count' });
      }
      now += alarm.periodMinutes * 60_000;
      await alarms.evaluate();
      return alarms.all()[0]!.state;
    },
  };
}
