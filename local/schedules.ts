import { randomUUID } from 'node:crypto';
import { callByRole } from './aws-api/call-by-role.ts';
import type { AwsApi } from './aws-api/server.ts';
import { errorText } from './error-text.ts';
import { actorOf } from './policy/actor.ts';
import type { Judge } from './policy/actor.ts';
import { AwsError } from './runtime.ts';
import type { Clock, EventBus, Functions, LocalLog, Properties, Schedules } from './runtime.ts';
import { createAsyncInvocations } from './schedules/async-invocations.ts';
import { readScheduleExpression } from './schedules/schedule-expression.ts';
import type { NextTime } from './schedules/schedule-expression.ts';

export interface SchedulesOptions {
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly functions: Pick<Functions, 'invoke' | 'has' | 'roleOf'>;
  readonly credentials: Judge;
  readonly events: Pick<EventBus, 'publish'>;
  readonly awsApi: Pick<AwsApi, 'call'>;
}

interface ScheduleTarget {
  readonly Arn: string;
  readonly RoleArn: string;
  readonly Input?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
}

interface Schedule {
  readonly name: string;
  readonly nextTime: NextTime;
  readonly target: ScheduleTarget;
  /** Milliseconds since the epoch; undefined: never again. */
  due: number | undefined;
}

const SCHEDULER = { service: 'scheduler.amazonaws.com' } as const;

/** Milliseconds between two looks at the clock, which a laptop's sleep, or a test, moves. */
const LOOK_EVERY = 500;

/** EventBridge Scheduler with Lambda functions and state machines as its targets. A time that passed while nothing ran is not made up for. */
export function createSchedules(options: SchedulesOptions): Schedules {
  const { clock, log, functions, credentials, awsApi } = options;
  const schedules: Schedule[] = [];
  const invocations = createAsyncInvocations(options);
  const underway = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  async function fire({ name, target }: Schedule, due: number): Promise<void> {
    const payload = payloadOf(target.Input, name, due);
    try {
      if (isStateMachine(target.Arn)) await startMachine(target, payload);
      else await invoke(target, payload);
      log.info('a schedule fired', { schedule: name });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code, message } = error;
      log.error('a schedule does not reach its target', {
        schedule: name,
        target: target.Arn,
        error: `${code}: ${message}`,
      });
      await giveUp(target, payload);
    }
  }

  async function invoke({ Arn, RoleArn }: ScheduleTarget, payload: unknown): Promise<void> {
    actorOf(credentials, RoleArn, SCHEDULER).authorize('lambda:InvokeFunction', Arn);
    if (!functions.has(Arn)) throw new AwsError('ResourceNotFoundException', `Function not found: ${Arn}`);
    await invocations.invoke(Arn, payload);
  }

  async function startMachine({ Arn, RoleArn }: ScheduleTarget, payload: unknown): Promise<void> {
    const input = { stateMachineArn: Arn, input: JSON.stringify(payload) };
    await callByRole(awsApi, {
      roleArn: RoleArn,
      through: SCHEDULER,
      service: 'states',
      action: 'StartExecution',
      input,
    });
  }

  /** Sends what its target did not take to the schedule's dead letters, if it has any. */
  async function giveUp({ RoleArn, DeadLetterConfig }: ScheduleTarget, payload: unknown): Promise<void> {
    const queue = DeadLetterConfig?.Arn;
    if (queue === undefined) return;
    const input = { QueueUrl: `/${queue.slice(queue.lastIndexOf(':') + 1)}`, MessageBody: JSON.stringify(payload) };
    await callByRole(awsApi, { roleArn: RoleArn, through: SCHEDULER, service: 'sqs', action: 'SendMessage', input });
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
  if (!target.Arn.includes(':lambda:') && !isStateMachine(target.Arn))
    throw new Error(`a schedule's target ${target.Arn} has no stand-in`);
  const nextTime = readScheduleExpression(String(ScheduleExpression), String(ScheduleExpressionTimezone), now);
  return { name, nextTime, target, due: undefined };
}

function isStateMachine(arn: string): boolean {
  return /^arn:[^:]+:states:[^:]*:[^:]*:stateMachine:/.test(arn);
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
