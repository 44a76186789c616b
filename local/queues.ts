import { join } from 'node:path';
import { errorText } from './error-text.ts';
import type { Judge } from './policy/actor.ts';
import { sourceContext } from './policy/source-context.ts';
import { readQueueSettings } from './queues/queue-settings.ts';
import { openQueue } from './queues/queue.ts';
import type { MessageAttribute, Queue } from './queues/queue.ts';
import { AwsError } from './runtime.ts';
import type { Clock, LocalLog, Queues } from './runtime.ts';

/** A queue with the policy of its own. */
export interface LocalQueue extends Queue {
  readonly url: string;
}

/** What the SQS protocol needs beyond what the rest of the runtime does. */
export interface LocalQueues extends Queues {
  /** By its URL; what counts is the name at its end. Throws QueueDoesNotExist. */
  atUrl(url: unknown): LocalQueue;
  named(name: string): LocalQueue | undefined;
  /** In the order of their names. */
  all(): readonly LocalQueue[];
  /** Set once the runtime stops: nobody waits for messages any more. */
  readonly stopping: boolean;
  /** Empties every queue. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export interface QueuesOptions {
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  readonly awsUrl: string;
  readonly clock: Clock;
  readonly log: LocalLog;
  readonly credentials: Judge;
}

/** SQS's standard queues for one data directory. */
export function createQueues(options: QueuesOptions): LocalQueues {
  const { dataDir, region, accountId, awsUrl, clock, log, credentials } = options;
  const queues = new Map<string, LocalQueue>();
  let stopping = false;
  const byArn = (arn: string): LocalQueue | undefined => [...queues.values()].find((queue) => queue.arn === arn);

  async function moveToDeadLetters(source: string, messages: Parameters<Queue['take']>[0]): Promise<void> {
    const target = byArn(queues.get(source)?.settings.redrive?.deadLetterTargetArn ?? '');
    if (!target) throw new Error(`the dead letters of ${source} have no queue`);
    await target.take(messages, queues.get(source)?.arn ?? '');
    log.warn('messages went to the dead letters', {
      queue: source,
      deadLetters: target.name,
      messages: messages.length,
    });
  }

  return {
    async define(name, properties) {
      const settings = readQueueSettings(properties);
      const arn = `arn:aws:sqs:${region}:${accountId}:${name}`;
      const url = `${awsUrl}/${accountId}/${name}`;
      const queue = await openQueue({
        arn,
        path: join(dataDir, 'queues', `${name}.jsonl`),
        settings,
        clock,
        toDeadLetters: (messages) => moveToDeadLetters(name, messages),
      });
      queues.set(name, Object.assign(queue, { url }));
      return { arn, url };
    },
    has: (arn) => byArn(arn) !== undefined,
    async send(arn, body, from, attributes = {}) {
      const queue = byArn(arn);
      if (!queue) throw notThere();
      const sender = { kind: 'service', arn: from.service } as const;
      const context = sourceContext(from, accountId);
      if (!credentials.isAllowed(sender, 'sqs:SendMessage', arn, context)) {
        throw new AwsError('AccessDenied', credentials.explain(sender, 'sqs:SendMessage', arn, context), 403);
      }
      const most = queue.settings.MaximumMessageSize;
      if (Buffer.byteLength(body) > most) {
        throw new AwsError('InvalidParameterValue', `Message must be shorter than ${most} bytes.`);
      }
      const typed = Object.entries(attributes).map(([name, value]) => [name, textAttribute(value)] as const);
      await queue.send([{ body, attributes: Object.fromEntries(typed) }], from.service);
    },
    atUrl(url) {
      const queue = typeof url === 'string' ? queues.get(nameIn(url)) : undefined;
      if (queue) return queue;
      throw notThere();
    },
    named: (name) => queues.get(name),
    all: () => [...queues.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    get stopping() {
      return stopping;
    },
    async clear() {
      for (const queue of queues.values()) await queue.clear();
    },
    async stop() {
      stopping = true;
      for (const queue of queues.values()) {
        await queue.close().catch((error: unknown) => {
          log.error('a queue could not be closed', { queue: queue.name, error: errorText(error) });
        });
      }
    },
  };
}

function nameIn(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

function notThere(): AwsError {
  return new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
}

function textAttribute(StringValue: string): MessageAttribute {
  return { DataType: 'String', StringValue };
}
