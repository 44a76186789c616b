import { randomUUID } from 'node:crypto';
import { errorText } from './error-text.ts';
import { readEventPattern } from './event-bus/event-pattern.ts';
import type { EventPattern } from './event-bus/event-pattern.ts';
import { targetMessage } from './event-bus/target-message.ts';
import type { RuleTarget } from './event-bus/target-message.ts';
import { isServiceAllowed } from './service-policy.ts';
import { openRecordLog } from './record-log.ts';
import type { Clock, EventBus, LocalLog, Notice, Properties, ServiceEvent } from './runtime.ts';

export interface EventBusOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly region: string;
  readonly accountId: string;
}

interface Rule {
  readonly arn: string;
  readonly matches: EventPattern;
  readonly targets: readonly RuleTarget[];
}

interface Topic {
  readonly arn: string;
  readonly statements: unknown[];
  readonly subscribers: string[];
}

/** Notices that are remembered. */
const KEPT = 500;

export function createEventBus({ dataDir, clock, log, region, accountId }: EventBusOptions): EventBus {
  const rules = new Map<string, Rule>();
  const topics = new Map<string, Topic>();
  const kept = openRecordLog<Notice>(`${dataDir}/notices.jsonl`, KEPT);

  const publish: EventBus['publish'] = (topicArn, message, from) => {
    const topic = topics.get(topicArn);
    if (!topic || (from && !isServiceAllowed(topic.statements, 'sns:Publish', topicArn, from))) {
      log.error('a notice reaches nobody: the topic is not there, or its policy forbids it', { topicArn, message });
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

  function tell(rule: string, target: RuleTarget, event: unknown): void {
    try {
      publish(target.Arn, targetMessage(target, event), { service: 'events.amazonaws.com', sourceArn: rule });
    } catch (error) {
      log.error('a rule makes no valid message of an event, which reaches nobody', { rule, error: errorText(error) });
    }
  }

  return {
    defineRule: (arn, properties) => {
      const rule = readRule(arn, properties);
      if (rule) rules.set(arn, rule);
    },
    defineTopic: (arn) => void topics.set(arn, { arn, statements: [], subscribers: [] }),
    definePolicy: (topicArn, statements) => topics.get(topicArn)?.statements.push(...statements),
    subscribe: (topicArn, subscriber) => topics.get(topicArn)?.subscribers.push(subscriber),
    put(event: ServiceEvent) {
      const time = new Date(clock()).toISOString();
      const whole = { version: '0', id: randomUUID(), account: accountId, time, region, resources: [], ...event };
      for (const { arn, matches, targets } of rules.values()) {
        if (!matches(whole)) continue;
        for (const target of targets) tell(arn, target, whole);
      }
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
  const foreign = targets.find(({ Arn }) => !Arn.includes(':sns:'));
  if (foreign) throw new Error(`a rule's target ${foreign.Arn} has no stand-in; SNS topics have one`);
  return { arn, matches: readEventPattern(EventPattern), targets };
}
