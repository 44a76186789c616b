import { randomUUID } from 'node:crypto';
import { errorText } from './error-text.ts';
import { readEventPattern } from './event-bus/event-pattern.ts';
import type { EventPattern } from './event-bus/event-pattern.ts';
import { targetMessage } from './event-bus/target-message.ts';
import type { RuleTarget } from './event-bus/target-message.ts';
import { checkTarget, createTargets } from './event-bus/targets.ts';
import type { TargetsOptions } from './event-bus/targets.ts';
import type { Judge } from './policy/actor.ts';
import { sourceContext } from './policy/source-context.ts';
import { openRecordLog } from './record-log.ts';
import type { ActingService, Clock, EventBus, LocalLog, Metrics, Notice, Properties, ServiceEvent } from './runtime.ts';

export interface EventBusOptions extends Pick<TargetsOptions, 'queues' | 'awsApi'> {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly region: string;
  readonly accountId: string;
  readonly credentials: Judge;
  readonly metrics?: Pick<Metrics, 'put'>;
}

interface Rule {
  readonly arn: string;
  readonly matches: EventPattern;
  readonly targets: readonly RuleTarget[];
}

interface Topic {
  readonly arn: string;
  readonly subscribers: string[];
}

const OBJECT_CREATED = 'Object Created';

/** Notices that are remembered. */
const KEPT = 500;

export function createEventBus(options: EventBusOptions): EventBus {
  const { dataDir, clock, log, region, accountId, credentials } = options;
  const rules = new Map<string, Rule>();
  const topics = new Map<string, Topic>();
  const kept = openRecordLog<Notice>(`${dataDir}/notices.jsonl`, KEPT);

  function refusalOf(topicArn: string, from: ActingService): string | undefined {
    const sender = { kind: 'service', arn: from.service } as const;
    const context = sourceContext(from, accountId);
    if (credentials.isAllowed(sender, 'sns:Publish', topicArn, context)) return undefined;
    return credentials.explain(sender, 'sns:Publish', topicArn, context);
  }

  const publish: EventBus['publish'] = (topicArn, message, from) => {
    const topic = topics.get(topicArn);
    const refusal = from && refusalOf(topicArn, from);
    if (!topic || refusal !== undefined) {
      const why = refusal ?? 'the topic is not there';
      log.error('a notice reaches nobody: the topic is not there, or its policy forbids it', {
        topicArn,
        message,
        why,
      });
      return;
    }
    const notice: Notice = {
      time: new Date(clock()).toISOString(),
      topic: topicArn.slice(topicArn.lastIndexOf(':') + 1),
      message,
      subscribers: topic.subscribers,
    };
    kept.put(randomUUID(), notice);
    log.info('a notice was published', { topic: notice.topic, message, subscribers: notice.subscribers });
  };

  const reach = createTargets({ ...options, publish });

  async function tell(rule: string, target: RuleTarget, event: unknown): Promise<void> {
    let message: string;
    try {
      message = targetMessage(target, event);
    } catch (error) {
      log.error('a rule makes no valid message of an event, which reaches nobody', { rule, error: errorText(error) });
      return;
    }
    await reach.send(rule, target, message);
  }

  function count(ruleArn: string, targets: number): void {
    const dimensions = { RuleName: ruleArn.slice(ruleArn.lastIndexOf('/') + 1) };
    for (const [name, value] of Object.entries({ MatchedEvents: 1, TriggeredRules: 1, Invocations: targets })) {
      options.metrics?.put({ namespace: 'AWS/Events', name, dimensions, value, unit: 'Count' });
    }
  }

  const deliver: EventBus['deliver'] = async (event) => {
    const time = new Date(clock()).toISOString().replace(/\.\d{3}Z$/, 'Z');
    const whole = { version: '0', id: randomUUID(), account: accountId, time, region, resources: [], ...event };
    const meant = [...rules.values()].filter(({ matches }) => matches(whole));
    for (const { arn, targets } of meant) count(arn, targets.length);
    await Promise.all(meant.flatMap(({ arn, targets }) => targets.map((target) => tell(arn, target, whole))));
  };

  return {
    defineRule: (arn, properties) => {
      const rule = readRule(arn, properties);
      if (rule) rules.set(arn, rule);
    },
    defineTopic: (arn) => void topics.set(arn, { arn, subscribers: [] }),
    subscribe: (topicArn, subscriber) => topics.get(topicArn)?.subscribers.push(subscriber),
    deliver,
    put(event: ServiceEvent) {
      deliver(event).catch((error: unknown) => {
        log.error('an event could not be delivered', { source: event.source, error: errorText(error) });
      });
    },
    publish,
    notices: () => kept.all(),
    clear: () => kept.clear(),
  };
}

/** Throws on what has no stand-in; undefined for a rule that is disabled. */
function readRule(arn: string, properties: Properties): Rule | undefined {
  const { State, ScheduleExpression, EventBusName, EventPattern, Targets = [] } = properties;
  if (State === 'DISABLED') return undefined;
  if (ScheduleExpression !== undefined || EventBusName !== undefined)
    throw new Error('rules with a schedule or a bus of their own have no stand-in');
  const targets = Targets as readonly RuleTarget[];
  targets.forEach(checkTarget);
  return { arn, matches: readRulePattern(EventPattern), targets };
}

/** A rule of S3's events gets those of objects that are put: no others are made here. */
function readRulePattern(pattern: unknown): EventPattern {
  const { source, 'detail-type': types } = (pattern ?? {}) as {
    readonly source?: unknown;
    readonly 'detail-type'?: unknown;
  };
  const isOfObjects = Array.isArray(source) && source.includes('aws.s3');
  if (isOfObjects && !(Array.isArray(types) && types.every((type) => type === OBJECT_CREATED))) {
    throw new Error(`of S3's events only "${OBJECT_CREATED}" has a stand-in: a rule names it as its detail-type`);
  }
  return readEventPattern(pattern);
}
