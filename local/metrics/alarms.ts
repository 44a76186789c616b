import { errorText } from '../error-text.ts';
import type { Alarms, Clock, EventBus, LocalLog, Properties } from '../runtime.ts';
import { judgePoints, readAlarm, type AlarmSettings, type AlarmState } from './alarm.ts';
import { answerQueries } from './metric-queries.ts';
import type { LocalMetrics } from './metrics.ts';

/** An alarm and how it stands. */
export interface Alarm {
  readonly arn: string;
  readonly name: string;
  /** Of the template's resource. */
  readonly properties: Properties;
  readonly settings: AlarmSettings;
  readonly state: AlarmState;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** One change of an alarm's state. */
export interface AlarmChange {
  readonly name: string;
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
}

export interface LocalAlarms extends Alarms {
  /** In the order of their names. */
  all(): readonly Alarm[];
  /** Newest first, the last 500. */
  changes(): readonly AlarmChange[];
  /** Sets a state until the next evaluation; whether there is such an alarm. */
  set(name: string, state: AlarmState, reason: string): boolean;
  /** Takes the samples of this minute, and judges every alarm by the minutes that are over. */
  evaluate(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
  clear(): void;
}

export interface AlarmsOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly metrics: LocalMetrics;
  readonly events: Pick<EventBus, 'publish'>;
}

const MINUTE = 60_000;
/** How often the clock is looked at; CloudWatch evaluates once a minute, and so does this. */
const LOOK_EVERY = 1_000;
const KEPT = 500;

/** CloudWatch's alarms over the metrics of this machine. */
export function createAlarms(options: AlarmsOptions): LocalAlarms {
  const { region, accountId, clock, log, metrics, events } = options;
  const alarms = new Map<string, Alarm>();
  let changes: AlarmChange[] = [];
  let evaluatedMinute: number | undefined;
  let underway: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  function change(alarm: Alarm, to: AlarmState, reason: string): void {
    const { name, state: from } = alarm;
    if (to === from) return;
    const at = clock();
    alarms.set(name, { ...alarm, state: to, reason, changedAt: at });
    changes = [{ name, at, from, to, reason }, ...changes].slice(0, KEPT);
    if (to === 'ALARM') log.warn('an alarm went off', { alarm: name, reason });
    else log.info('an alarm changed its state', { alarm: name, from, to, reason });
    const message = JSON.stringify(messageOf(alarms.get(name)!, from));
    for (const topic of alarm.settings.actions[to]) {
      events.publish(topic, message, { service: 'cloudwatch.amazonaws.com', sourceArn: alarm.arn });
    }
  }

  /** What SNS is told of a change. */
  function messageOf({ arn, name, properties, state, reason, changedAt }: Alarm, from: AlarmState) {
    return {
      AlarmName: name,
      AlarmDescription: properties.AlarmDescription ?? null,
      AWSAccountId: accountId,
      NewStateValue: state,
      NewStateReason: reason,
      StateChangeTime: new Date(changedAt).toISOString(),
      Region: region,
      AlarmArn: arn,
      OldStateValue: from,
    };
  }

  function judge(alarm: Alarm, end: number): void {
    const { settings } = alarm;
    const { period, evaluationPeriods: points } = settings;
    const window = { start: end - points * period, period, points };
    const values = answerQueries(settings.queries, window, metrics).get(settings.compared) ?? [];
    const state = judgePoints(settings, values);
    if (state) change(alarm, state, reasonOf(settings, values));
  }

  async function evaluateNow(): Promise<void> {
    await metrics.sample();
    const end = Math.floor(clock() / MINUTE) * MINUTE;
    evaluatedMinute = end;
    for (const alarm of alarms.values()) judge(alarm, end);
  }

  /** One at a time: a sample may take a while. */
  function evaluate(): Promise<void> {
    underway = underway.then(evaluateNow).catch((error: unknown) => {
      log.error('alarms could not be evaluated', { error: errorText(error) });
    });
    return underway;
  }

  return {
    define(name, properties) {
      const arn = `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;
      const settings = readAlarm(properties);
      const reason = 'Unchecked: Initial alarm creation';
      alarms.set(name, { arn, name, properties, settings, state: 'INSUFFICIENT_DATA', reason, changedAt: clock() });
      return arn;
    },
    all: () => [...alarms.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    changes: () => changes,
    set(name, state, reason) {
      const alarm = alarms.get(name);
      if (alarm) change(alarm, state, reason);
      return alarm !== undefined;
    },
    evaluate,
    start() {
      timer ??= setInterval(() => {
        if (Math.floor(clock() / MINUTE) * MINUTE !== evaluatedMinute) void evaluate();
      }, LOOK_EVERY).unref();
    },
    async stop() {
      clearInterval(timer);
      await underway;
    },
    clear() {
      changes = [];
      for (const [name, alarm] of alarms) alarms.set(name, { ...alarm, state: 'INSUFFICIENT_DATA', reason: 'Reset' });
    },
  };
}

function reasonOf(
  { evaluationPeriods, datapointsToAlarm, threshold }: AlarmSettings,
  values: readonly (number | undefined)[],
) {
  const shown = values.map((value) => (value === undefined ? 'missing' : String(Math.round(value * 1000) / 1000)));
  return `Threshold ${threshold}, ${datapointsToAlarm} of ${evaluationPeriods}: the points are ${shown.join(', ')}`;
}
