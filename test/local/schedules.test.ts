import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AwsResponse } from '../../local/aws-api/protocol.ts';
import type { InvokeResult } from '../../local/runtime.ts';
import { createSchedules } from '../../local/schedules.ts';
import { readScheduleExpression } from '../../local/schedules/schedule-expression.ts';
import { aLog } from '../support/a-log.ts';

const at = (time: string) => Date.parse(time);
const start = at('2026-11-21T10:20:30Z');
const target = { Arn: 'arn:aws:lambda:us-east-1:000000000000:function:look', RoleArn: 'arn:aws:iam::0:role/scheduler' };
const failure: InvokeResult = { ok: false, reason: 'Unhandled', errorType: 'Error', errorMessage: 'no lake' };

describe('a schedule expression', () => {
  // Times of AWS's own examples, counted from Saturday 2026-11-21.
  it.each([
    ['cron(0 10 * * ? *)', '2026-11-22T10:00:00Z'],
    ['cron(15 12 * * ? *)', '2026-11-21T12:15:00Z'],
    ['cron(0 18 ? * MON-FRI *)', '2026-11-23T18:00:00Z'],
    ['cron(0 8 1 * ? *)', '2026-12-01T08:00:00Z'],
    ['cron(0/15 * * * ? *)', '2026-11-21T10:30:00Z'],
    ['cron(0/10 * ? * MON-FRI *)', '2026-11-23T00:00:00Z'],
    ['cron(5 0/6 * * ? 2027)', '2027-01-01T00:05:00Z'],
    ['cron(0 9 ? * 2#1 *)', '2026-12-07T09:00:00Z'],
    ['cron(0 9 ? * 1 *)', '2026-11-22T09:00:00Z'],
    ['cron(0 9 L * ? *)', '2026-11-30T09:00:00Z'],
    ['cron(0 9 ? * 6L *)', '2026-11-27T09:00:00Z'],
    ['rate(1 hour)', '2026-11-21T11:20:30Z'],
    ['rate(5 minutes)', '2026-11-21T10:25:30Z'],
  ])('%s comes next at %s', (expression, expected) => {
    expect(readScheduleExpression(expression, 'UTC', start)(start)).toBe(at(expected));
  });

  it('is read in its zone, and may never come', () => {
    expect(readScheduleExpression('cron(0 12 * * ? *)', 'Europe/Berlin', start)(start)).toBe(
      at('2026-11-21T11:00:00Z'),
    );
    expect(readScheduleExpression('cron(0 12 * * ? 2020)', 'UTC', start)(start)).toBeUndefined();
  });

  it.each([
    'cron(0 10 * * * *)',
    'cron(0 10 ? * ? *)',
    'cron(0 10 * * ?)',
    'cron(61 * * * ? *)',
    'rate(0 hours)',
    'at(x)',
  ])('is refused where it is %s', (expression) => {
    expect(() => readScheduleExpression(expression, 'UTC', start)).toThrow(expression);
  });
});

function aSchedule({
  result = { ok: true, payload: null } as InvokeResult,
  isAllowed = true,
  properties = {},
  answers = [] as AwsResponse[],
} = {}) {
  const clock = { now: start };
  const invoked: unknown[] = [];
  const told: string[] = [];
  const called: unknown[] = [];
  const log = aLog();
  const schedules = createSchedules({
    clock: () => clock.now,
    log,
    functions: {
      has: (arn) => arn === target.Arn,
      roleOf: () => undefined,
      invoke: async (_, payload) => {
        invoked.push(payload);
        return result;
      },
    },
    credentials: { isAllowed: () => isAllowed, explain: () => 'not allowed' },
    events: { publish: (topic, message) => void told.push(`${topic} ${message}`) },
    awsApi: {
      call: async (call) => {
        called.push({ service: call.service, as: call.principal.arn, input: JSON.parse(String(call.body)) as unknown });
        return answers.shift() ?? { status: 200, body: '{}' };
      },
    },
  });
  schedules.defineSchedule('hourly', { ScheduleExpression: 'cron(0 * * * ? *)', Target: target, ...properties });
  schedules.start();
  /** Moves the clock and lets what it sets off happen. */
  const tick = async (now: string) => {
    clock.now = at(now);
    await vi.advanceTimersByTimeAsync(1000);
  };
  return { schedules, tick, invoked, told, called, log };
}

describe('a schedule', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  it('invokes its function at each of its times, once, with its input', async () => {
    const Input = '{"at":"<aws.scheduler.scheduled-time>","by":"us"}';
    const { tick, invoked, schedules } = aSchedule({ properties: { Target: { ...target, Input } } });
    await tick('2026-11-21T10:59:59Z');
    expect(invoked).toEqual([]);
    await tick('2026-11-21T11:00:00Z');
    await tick('2026-11-21T11:00:20Z');
    expect(invoked).toEqual([{ at: '2026-11-21T11:00:00Z', by: 'us' }]);
    // The laptop slept over two of them.
    await tick('2026-11-21T14:30:00Z');
    expect(invoked).toHaveLength(2);
    await schedules.stop();
    await tick('2026-11-21T16:00:00Z');
    expect(invoked).toHaveLength(2);
  });

  it('tries a function that fails again, then tells its destination', async () => {
    const { tick, invoked, told, log, schedules } = aSchedule({ result: failure });
    schedules.defineAsyncInvocation('look', {
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: 'arn:topic' } },
    });
    await tick('2026-11-21T11:00:00Z');
    expect(invoked).toEqual([{}, {}]);
    expect(told).toHaveLength(1);
    const [topic = '', message = ''] = [told[0]?.slice(0, 9), told[0]?.slice(10)];
    expect(topic).toBe('arn:topic');
    expect(JSON.parse(message)).toMatchObject({
      requestContext: { functionArn: target.Arn, condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      responsePayload: { errorMessage: 'no lake' },
    });
    expect(log.entries.filter(({ level }) => level === 'error')).toHaveLength(2);
  });

  it('says aloud that its role may not invoke the function', async () => {
    const { tick, invoked, log } = aSchedule({ isAllowed: false });
    await tick('2026-11-21T11:00:00Z');
    expect(invoked).toEqual([]);
    expect(log.entries).toMatchObject([{ level: 'error', fields: { schedule: 'hourly' } }]);
  });

  it("starts a state machine in its role's name, and gives what is refused to its dead letters", async () => {
    const Arn = 'arn:aws:states:us-east-1:000000000000:stateMachine:load';
    const DeadLetterConfig = { Arn: 'arn:aws:sqs:us-east-1:000000000000:missed' };
    const refused = { status: 400, body: '{"__type":"StateMachineDoesNotExist","message":"gone"}' };
    const { tick, called, log } = aSchedule({
      properties: { Target: { ...target, Arn, Input: '{"by":"clock"}', DeadLetterConfig } },
      answers: [{ status: 200, body: '{}' }, refused],
    });
    await tick('2026-11-21T11:00:00Z');
    const started = { service: 'states', as: target.RoleArn, input: { stateMachineArn: Arn, input: '{"by":"clock"}' } };
    expect(called).toEqual([started]);
    await tick('2026-11-21T12:00:00Z');
    const missed = { QueueUrl: '/missed', MessageBody: '{"by":"clock"}' };
    expect(called.slice(1)).toEqual([started, { service: 'sqs', as: target.RoleArn, input: missed }]);
    expect(log.entries.map(({ level }) => level)).toEqual(['info', 'error']);
  });

  it('does not fire where it is disabled, and is refused where it has no stand-in', async () => {
    const { tick, invoked, schedules } = aSchedule({ properties: { State: 'DISABLED' } });
    await tick('2026-11-21T11:00:00Z');
    expect(invoked).toEqual([]);
    const ScheduleExpression = 'rate(1 hour)';
    const queue = { Arn: 'arn:aws:sqs:us-east-1:0:queue', RoleArn: target.RoleArn };
    expect(() => schedules.defineSchedule('x', { ScheduleExpression, Target: queue })).toThrow(/stand-in/);
    const dated = { ScheduleExpression, Target: target, EndDate: '2027-01-01T00:00:00Z' };
    expect(() => schedules.defineSchedule('x', dated)).toThrow(/stand-in/);
  });
});
