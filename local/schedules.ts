import { randomUUID } from 'node:crypto';
import { errorText } from './error-text.ts';
import type { Clock, Credentials, EventBus, Functions, LocalLog, Properties, Schedules } from './runtime.ts';
import { createAsyncInvocations } from './schedules/async-invocations.ts';
import { readScheduleExpression } from './schedules/schedule-expression.ts';
import type { NextTime } from './schedules/schedule-expression.ts';

export interface SchedulesOptions {
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly functions: Pick<Functions, 'invoke' | 'has'>;
  readonly credentials: Pick<Credentials, 'isAllowed'>;
  readonly events: Pick<EventBus, 'publish'>;
}

interface Schedule {
  readonly name: string;
  readonly nextTime: NextTime;
  readonly target: { readonly Arn: string; readonly RoleArn: string; readonly Input?: string };
  /** Milliseconds since the epoch; undefined: never again. */
  due: number | undefined;
}

/** Milliseconds between two looks at the clock, which a laptop's sleep, or a test, moves. */
const LOOK_EVERY = 500;

/** EventBridge Scheduler with Lambda functions as its targets. A time that passed while nothing ran is not made up for. */
export function createSchedules(options: SchedulesOptions): Schedules {
  const { clock, log, functions, credentials } = options;
  const schedules: Schedule[] = [];
  const invocations = createAsyncInvocations(options);
  const underway = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  async function fire({ name, target }: Schedule, due: number): Promise<void> {
    const isAllowed = credentials.isAllowed({ kind: 'role', arn: target.RoleArn }, 'lambda:InvokeFunction', target.Arn);
    if (!isAllowed || !functions.has(target.Arn)) {
      log.error('a schedule may not invoke its function, or it is not there', { schedule: name, target: target.Arn });
      return;
    }
    log.info('a schedule fired', { schedule: name });
    await invocations.invoke(target.Arn, payloadOf(target.Input, name, due));
  }

  function look(): void {
    for (const schedule of schedules) {
      const { due } = schedule;
      if (due === undefined || clock() < due) continue;
      schedule.due = schedule.nextTime(clock());
      const one = fire(schedule, due)
        .catch((error: unknown) => log.error('a schedule failed', { schedule: schedule.name, error: errorText(error) }))
        .finally(() => underway.delete(one));
      underway.add(one);
    }
  }

  return {
    defineSchedule(name, properties) {
      const schedule = readSchedule(name, properties, clock());
      if (schedule) schedules.push(schedule);
    },
    defineAsyncInvocation: invocations.define,
    start() {
      for (const schedule of schedules) schedule.due = schedule.nextTime(clock());
      timer ??= setInterval(look, LOOK_EVERY).unref();
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await Promise.all(underway);
    },
  };
}

/** Throws on what has no stand-in; undefined for a schedule that is disabled. */
function readSchedule(name: string, properties: Properties, now: number): Schedule | undefined {
  const { State, ScheduleExpression, ScheduleExpressionTimezone = 'UTC', Target, StartDate, EndDate } = properties;
  if (State === 'DISABLED') return undefined;
  if (StartDate !== undefined || EndDate !== undefined) throw new Error('schedules with dates have no stand-in');
  const target = Target as Schedule['target'];
  if (!target.Arn.includes(':lambda:')) throw new Error(`a schedule's target ${target.Arn} has no stand-in`);
  const nextTime = readScheduleExpression(String(ScheduleExpression), String(ScheduleExpressionTimezone), now);
  return { name, nextTime, target, due: undefined };
}

/** The target's input, in which AWS puts what it knows of the invocation. */
function payloadOf(input: string | undefined, name: string, due: number): unknown {
  if (input === undefined) return {};
  const context: Readonly<Record<string, string>> = {
    'schedule-arn': name,
    'scheduled-time': new Date(due).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    'execution-id': randomUUID(),
    'attempt-number': '1',
  };
  return JSON.parse(input.replaceAll(/<aws\.scheduler\.([a-z-]+)>/g, (whole, key: string) => context[key] ?? whole));
}
