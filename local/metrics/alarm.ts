import type { Properties } from '../runtime.ts';
import { keptMinutes } from './metrics.ts';
import {
  checkStatistic,
  periodOf,
  readMetricName,
  readQuery,
  type GivenQuery,
  type MetricQuery,
} from './metric-queries.ts';
import type { Series } from './metric-math.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** An alarm of the template, read. */
export interface AlarmSettings {
  readonly queries: readonly MetricQuery[];
  /** Id of the query that is compared. */
  readonly compared: string;
  /** Milliseconds. */
  readonly period: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly isBreaching: (value: number) => boolean;
  readonly treatMissingData: TreatMissingData;
  /** ARNs of topics, by the state that they are told of. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
}

const missingTreatments = ['breaching', 'notBreaching', 'ignore', 'missing'] as const;
type TreatMissingData = (typeof missingTreatments)[number];

/** Throws on what has no stand-in. */
export function readAlarm(properties: Properties): AlarmSettings {
  const given = queriesOf(properties);
  const queries = given.map(readQuery);
  const compared = queries.filter(({ returnsData }) => returnsData);
  if (compared.length !== 1) throw new Error('an alarm compares exactly one of its metrics: one has ReturnData');
  const period = periodOf(given);
  const evaluationPeriods = Number(properties.EvaluationPeriods);
  if (period * evaluationPeriods > keptMinutes * 60_000) {
    throw new Error(`an alarm here looks back ${keptMinutes} minutes at most, which is as long as metrics are kept`);
  }
  const { ActionsEnabled = true, AlarmActions, OKActions, InsufficientDataActions } = properties;
  const enabled = String(ActionsEnabled) !== 'false';
  const topics = (actions: unknown): readonly string[] =>
    enabled && Array.isArray(actions) ? actions.map(String) : [];
  const threshold = Number(properties.Threshold);
  return {
    queries,
    compared: compared[0]!.id,
    period,
    evaluationPeriods,
    datapointsToAlarm: Number(properties.DatapointsToAlarm ?? evaluationPeriods),
    threshold,
    isBreaching: comparisonOf(properties.ComparisonOperator, threshold),
    treatMissingData: treatmentOf(properties.TreatMissingData),
    actions: { ALARM: topics(AlarmActions), OK: topics(OKActions), INSUFFICIENT_DATA: topics(InsufficientDataActions) },
  };
}

/** The state that the points say; undefined where the alarm keeps the one it has. */
export function judgePoints(settings: AlarmSettings, points: Series): AlarmState | undefined {
  const { datapointsToAlarm, isBreaching, treatMissingData } = settings;
  const missing = points.filter((point) => point === undefined).length;
  const breaching = points.filter((point) => point !== undefined && isBreaching(point)).length;
  const counted = breaching + (treatMissingData === 'breaching' ? missing : 0);
  if (counted >= datapointsToAlarm) return 'ALARM';
  if (treatMissingData === 'missing' && missing === points.length) return 'INSUFFICIENT_DATA';
  // Were the missing points breaching, it could be an alarm: nobody knows.
  if (treatMissingData === 'ignore' && counted + missing >= datapointsToAlarm) return undefined;
  return 'OK';
}

function queriesOf(properties: Properties): readonly GivenQuery[] {
  const { Metrics, Period, Statistic, ExtendedStatistic } = properties;
  if (Array.isArray(Metrics)) return Metrics as readonly GivenQuery[];
  readMetricName(properties);
  const Stat = checkStatistic(Statistic ?? ExtendedStatistic);
  return [{ Id: 'm1', ReturnData: true, MetricStat: { Metric: properties, Period, Stat } }];
}

function comparisonOf(operator: unknown, threshold: number): AlarmSettings['isBreaching'] {
  switch (operator) {
    case 'GreaterThanOrEqualToThreshold':
      return (value) => value >= threshold;
    case 'GreaterThanThreshold':
      return (value) => value > threshold;
    case 'LessThanThreshold':
      return (value) => value < threshold;
    case 'LessThanOrEqualToThreshold':
      return (value) => value <= threshold;
    default:
      throw new Error(`the comparison ${String(operator)} has no stand-in`);
  }
}

function treatmentOf(given: unknown = 'missing'): TreatMissingData {
  const found = missingTreatments.find((one) => one === given);
  if (!found) throw new Error(`TreatMissingData is ${String(given)}; it may be ${missingTreatments.join(', ')}`);
  return found;
}
