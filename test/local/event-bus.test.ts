import { describe, expect, it } from 'vitest';
import { createEventBus } from '../../local/event-bus.ts';
import type { ResourceStatement } from '../../local/policy/resource-policy.ts';
import type { InternalCall } from '../../local/aws-api/server.ts';
import { AwsError } from '../../local/runtime.ts';
import { readEventPattern } from '../../local/event-bus/event-pattern.ts';
import { aDataDir } from '../support/a-data-dir.ts';
import { aJudge } from '../support/a-judge.ts';
import { aLog } from '../support/a-log.ts';

const dataDir = aDataDir();
const queue = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const clock = () => Date.parse('2026-11-21T10:00:00Z');
const topic = 'arn:aws:sns:us-east-1:000000000000:failures';
const rule = 'arn:aws:events:us-east-1:000000000000:rule/failed';
const pattern = { source: ['aws.glue'], detail: { state: ['FAILED', 'TIMEOUT'], jobName: [{ prefix: 'game-' }] } };
const allowed = {
  Effect: 'Allow' as const,
  Principal: { Service: 'events.amazonaws.com' },
  Action: 'sns:Publish',
  Resource: topic,
};
const failed = {
  source: 'aws.glue',
  'detail-type': 'Glue Job State Change',
  detail: { jobName: 'game-events', state: 'FAILED', message: 'x.parquet says "no"' },
};

/** What is sent to queues, and the calls in roles' names; a queue called `full` fails, one called `gone` refuses. */
const sent: unknown[] = [];
const elsewhere = {
  queues: {
    async send(...message: unknown[]) {
      if (String(message[0]).endsWith(':full')) throw new Error('no space left');
      if (String(message[0]).endsWith(':gone')) throw new AwsError('QueueDoesNotExist', 'gone');
      sent.push(message);
    },
  },
  awsApi: {
    async call({ service, principal, body }: InternalCall) {
      sent.push([service, principal.arn, JSON.parse(String(body))]);
      return { status: 200, body: '{}' };
    },
  },
};

function aBus(statements: readonly ResourceStatement[] = [allowed], target: Readonly<Record<string, unknown>> = {}) {
  const log = aLog();
  const credentials = aJudge();
  credentials.definePolicy(topic, { Statement: statements }, 'policy');
  const place = { region: 'us-east-1', accountId: '000000000000' };
  const bus = createEventBus({ dataDir, clock, log, credentials, ...place, ...elsewhere });
  bus.clear();
  bus.defineTopic(topic);
  bus.subscribe(topic, 'email:ops@example.com');
  bus.defineRule(rule, { EventPattern: pattern, Targets: [{ Arn: topic, Id: 'Target0', ...target }] });
  return { bus, log };
}

describe('the event bus', () => {
  it('tells a topic what its rule makes of an event, and keeps it over a restart', () => {
    const { bus } = aBus([allowed], {
      InputTransformer: {
        InputPathsMap: { job: '$.detail.jobName', nothing: '$.detail.absent' },
        InputTemplate: '"Job <job> failed<nothing>"',
      },
    });
    bus.put(failed);
    bus.put({ ...failed, detail: { ...failed.detail, state: 'SUCCEEDED' } });
    bus.put({ ...failed, detail: { ...failed.detail, jobName: 'other' } });
    const notice = {
      time: '2026-11-21T10:00:00.000Z',
      topic: 'failures',
      message: 'Job game-events failed',
      subscribers: ['email:ops@example.com'],
    };
    expect(bus.notices()).toEqual([notice]);
    const later = createEventBus({
      dataDir,
      clock,
      log: aLog(),
      credentials: aJudge(),
      region: 'us-east-1',
      accountId: '0',
      ...elsewhere,
    });
    expect(later.notices()).toEqual([notice]);
  });

  it('puts values into JSON as JSON, whatever signs are in them', () => {
    const { bus } = aBus([allowed], {
      InputTransformer: {
        InputPathsMap: { job: '$.detail.jobName', reason: '$.detail.message', nothing: '$.detail.absent' },
        InputTemplate: '{"job":<job>,"error":<reason>,"other":<nothing>,"text":"of <job>"}',
      },
    });
    bus.put(failed);
    expect(JSON.parse(bus.notices()[0]?.message ?? '')).toEqual({
      job: 'game-events',
      error: 'x.parquet says "no"',
      other: '',
      text: 'of game-events',
    });
  });

  it('says aloud that a quote broke a text, which EventBridge does not escape', () => {
    const InputPathsMap = { job: '$.detail.jobName', reason: '$.detail.message' };
    const text = (InputTemplate: string) => aBus([allowed], { InputTransformer: { InputPathsMap, InputTemplate } });
    const { bus, log } = text('"<job>: <reason>"');
    bus.put(failed);
    expect(bus.notices()).toEqual([]);
    expect(log.entries).toMatchObject([{ level: 'error', fields: { rule } }]);
    const plain = text('"<job> failed"').bus;
    plain.put(failed);
    expect(plain.notices()).toMatchObject([{ message: 'game-events failed' }]);
  });

  it('sends the event as it is where the rule says nothing of it', () => {
    const { bus } = aBus();
    bus.put(failed);
    expect(JSON.parse(bus.notices()[0]?.message ?? '')).toMatchObject({ ...failed, version: '0', region: 'us-east-1' });
  });

  it.each([
    ['has no policy', []],
    ['lets others publish', [{ ...allowed, Principal: { Service: 'lambda.amazonaws.com' } }]],
    ['allows something else', [{ ...allowed, Action: 'sns:Subscribe' }]],
    ['allows it for another rule', [{ ...allowed, Condition: { ArnEquals: { 'aws:SourceArn': `${rule}-other` } } }]],
    [
      'has a condition that is not known here',
      [{ ...allowed, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }],
    ],
  ])('says aloud that nobody hears of it where the topic %s', (_what, statements) => {
    const { bus, log } = aBus(statements);
    bus.put(failed);
    expect(bus.notices()).toEqual([]);
    expect(log.entries).toMatchObject([{ level: 'error', fields: { topicArn: topic } }]);
  });

  it('heeds a condition on the rule and its account', () => {
    const Condition = {
      ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:000000000000:rule/*' },
      StringEquals: { 'aws:SourceAccount': '000000000000' },
    };
    const { bus } = aBus([
      { Effect: 'Deny', Principal: '*', Action: 'sns:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { ...allowed, Condition },
    ]);
    bus.put(failed);
    expect(bus.notices()).toHaveLength(1);
  });

  it('leaves a disabled rule out, and refuses what has no stand-in', () => {
    const { bus } = aBus();
    bus.defineRule('arn:off', { State: 'DISABLED', ScheduleExpression: 'rate(1 hour)' });
    expect(() => bus.defineRule('x', { ScheduleExpression: 'rate(1 hour)' })).toThrow(/stand-in/);
    const define = (target: object, EventPattern: object = {}) =>
      bus.defineRule('x', { EventPattern, Targets: [{ Arn: queue('q'), Id: 'a', ...target }] });
    expect(() => define({ Arn: 'arn:aws:lambda:f' })).toThrow(/lambda:f has no stand-in/);
    expect(() => define({ SqsParameters: {} })).toThrow(/SqsParameters/);
    expect(() => define({ Arn: 'arn:aws:states:::stateMachine:m' })).toThrow(/needs a role/);
    expect(() => define({}, { source: ['aws.s3'], 'detail-type': ['Object Deleted'] })).toThrow(/Object Created/);
  });

  it('sends to queues and starts state machines, and gives what is refused to the dead letters', async () => {
    sent.length = 0;
    const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:load';
    const { bus, log } = aBus([allowed], { Arn: queue('files'), InputPath: '$.detail' });
    const Targets = [
      { Arn: machine, Id: 'a', RoleArn: 'arn:role', Input: '{"a":1}' },
      { Arn: queue('gone'), Id: 'b', Input: '{}', DeadLetterConfig: { Arn: queue('dead') } },
    ];
    bus.defineRule(`${rule}-2`, { EventPattern: pattern, Targets });
    await bus.deliver(failed);
    const by = { service: 'events.amazonaws.com', sourceArn: rule };
    expect(sent).toEqual([
      [queue('files'), JSON.stringify(failed.detail), by],
      ['states', 'arn:role', { stateMachineArn: machine, input: '{"a":1}' }],
      [
        queue('dead'),
        '{}',
        { ...by, sourceArn: `${rule}-2` },
        { RULE_ARN: `${rule}-2`, TARGET_ARN: queue('gone'), ERROR_CODE: 'QueueDoesNotExist', ERROR_MESSAGE: 'gone' },
      ],
    ]);
    expect(log.entries).toHaveLength(1);
    bus.defineRule(`${rule}-3`, { EventPattern: pattern, Targets: [{ Arn: queue('full'), Id: 'a' }] });
    await expect(bus.deliver(failed)).rejects.toThrow('no space left');
  });
});

describe('an event pattern', () => {
  const event = { source: 'aws.glue', detail: { state: 'FAILED', tries: 2, tags: ['a', 'b'] } };
  it.each([
    [{ source: ['aws.glue'] }, true],
    [{ source: ['aws.s3'] }, false],
    [{ detail: { tries: [1, 2] } }, true],
    [{ detail: { tags: ['b'] } }, true],
    [{ detail: { state: [{ 'anything-but': ['SUCCEEDED'] }] } }, true],
    [{ detail: { state: [{ 'anything-but': 'FAILED' }] } }, false],
    [{ detail: { state: [{ suffix: 'ED' }], absent: [{ exists: false }] } }, true],
    [{ detail: { state: [{ 'equals-ignore-case': 'failed' }], tries: [{ exists: true }] } }, true],
    [{ other: { state: ['x'] } }, false],
  ])('%j is met: %s', (pattern_, met) => {
    expect(readEventPattern(pattern_)(event)).toBe(met);
  });

  it('with a matcher that is not known is refused', () => {
    expect(() => readEventPattern({ detail: { n: [{ numeric: ['>', 1] }] } })).toThrow(/stand-in/);
    expect(() => readEventPattern(undefined)).toThrow(/pattern/);
  });
});
