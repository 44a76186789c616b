import { randomUUID } from 'node:crypto';
import { openChangeLog } from '../change-log.ts';
import { AwsError } from '../runtime.ts';
import type { Clock } from '../runtime.ts';
import type { QueueSettings } from './queue-settings.ts';

/** A typed attribute that travels with a message. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

/** What is sent. */
export interface NewMessage {
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly delaySeconds?: number;
}

/** A message as it lies in a queue; times are milliseconds since the epoch. */
export interface StoredMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly sentAt: number;
  /** Hidden until then: delayed, or received by somebody. */
  readonly visibleAt: number;
  readonly receives: number;
  readonly firstReceivedAt: number | undefined;
  readonly sender: string;
  /** ARN of the queue that gave it up, where this one is its dead letters. */
  readonly source?: string;
}

export interface ReceivedMessage {
  readonly message: StoredMessage;
  readonly receiptHandle: string;
}

/** One queue. What `send` acknowledged outlives a crash, and so does what was received, hidden or deleted. */
export interface Queue {
  readonly arn: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  settings: QueueSettings;
  /** Resolves once all are on disk. */
  send(messages: readonly NewMessage[], sender: string): Promise<readonly StoredMessage[]>;
  /** Takes messages that another queue gives up. They keep their ids, so that taking one twice makes one of it. */
  take(messages: readonly StoredMessage[], source: string): Promise<void>;
  /** Up to `count` visible messages, the oldest first, hidden for so many seconds from now on. */
  receive(count: number, visibilitySeconds: number): Promise<readonly ReceivedMessage[]>;
  /** Deletes what was received by this handle; a handle of an earlier receive deletes nothing any more. */
  remove(receiptHandle: string): Promise<void>;
  /** Hides a received message for so many seconds from now on; zero: shows it. Throws MessageNotInflight. */
  hide(receiptHandle: string, seconds: number): Promise<void>;
  /** Gives up messages that the caller has sent elsewhere. */
  forget(ids: readonly string[]): Promise<void>;
  clear(): Promise<void>;
  /** How many can be received, are received and hidden, and have not come up for the first time. */
  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number };
  /** When the oldest message was sent that is still there, received or not. */
  oldestSentAt(): number | undefined;
  close(): Promise<void>;
}

export interface QueueOptions {
  readonly arn: string;
  readonly path: string;
  readonly settings: QueueSettings;
  readonly clock: Clock;
  /** Takes what has been received too often; resolves once it is there. Undefined: nobody does. */
  readonly toDeadLetters: (messages: readonly StoredMessage[]) => Promise<void>;
}

type Change =
  | { readonly put: StoredMessage }
  | { readonly received: readonly string[]; readonly at: number; readonly until: number }
  | { readonly hidden: string; readonly until: number }
  | { readonly deleted: readonly string[] }
  | { readonly created: number };

/** Opens the queue with what lies in it. */
export async function openQueue({ arn, path, settings, clock, toDeadLetters }: QueueOptions): Promise<Queue> {
  const messages = new Map<string, StoredMessage>();
  /** Messages that a receive is about to hide. */
  const taken = new Set<string>();
  let createdAt: number | undefined;

  function apply(change: Change): void {
    if ('put' in change) messages.set(change.put.id, change.put);
    else if ('deleted' in change) for (const id of change.deleted) messages.delete(id);
    else if ('hidden' in change) update(change.hidden, { visibleAt: change.until });
    else if ('created' in change) createdAt = change.created;
    else {
      for (const id of change.received) {
        const { receives = 0, firstReceivedAt = change.at } = messages.get(id) ?? {};
        update(id, { receives: receives + 1, firstReceivedAt, visibleAt: change.until });
      }
    }
  }

  function update(id: string, changed: Partial<StoredMessage>): void {
    const message = messages.get(id);
    if (message) messages.set(id, { ...message, ...changed });
  }

  const log = await openChangeLog<Change>({
    path,
    apply,
    snapshot: () => [
      ...(createdAt === undefined ? [] : [{ created: createdAt }]),
      ...[...messages.values()].map((put) => ({ put })),
    ],
  });
  if (createdAt === undefined) await log.append([{ created: clock() }]);

  async function forget(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await log.append([{ deleted: ids }]);
  }

  /** Messages to which nothing is being done, the oldest first. */
  function visible(): readonly StoredMessage[] {
    const now = clock();
    return [...messages.values()].filter(({ id, visibleAt }) => visibleAt <= now && !taken.has(id));
  }

  async function whileTaken<T>(ids: readonly string[], task: () => Promise<T>): Promise<T> {
    for (const id of ids) taken.add(id);
    try {
      return await task();
    } finally {
      for (const id of ids) taken.delete(id);
    }
  }

  /** Moves what was received too often, and forgets what is older than the queue keeps. */
  async function sweep(): Promise<void> {
    const { redrive, MessageRetentionPeriod } = queue.settings;
    const tooOld = clock() - MessageRetentionPeriod * 1000;
    const free = visible();
    const old = free.filter(({ sentAt }) => sentAt < tooOld);
    const given = redrive ? free.filter((one) => !old.includes(one) && one.receives >= redrive.maxReceiveCount) : [];
    if (old.length === 0 && given.length === 0) return;
    const ids = [...old, ...given].map(({ id }) => id);
    await whileTaken(ids, async () => {
      if (given.length > 0) await toDeadLetters(given);
      await forget(ids);
    });
  }

  /** The message that a handle of its latest receive stands for. */
  function receivedBy(receiptHandle: string): StoredMessage | undefined {
    const [id, receives] = readHandle(receiptHandle);
    const message = messages.get(id);
    return message?.receives === receives ? message : undefined;
  }

  const queue: Queue = {
    arn,
    name: arn.slice(arn.lastIndexOf(':') + 1),
    createdAt: createdAt ?? clock(),
    settings,
    async send(sent, sender) {
      const now = clock();
      const stored = sent.map(({ body, attributes, delaySeconds }): StoredMessage => ({
        id: randomUUID(),
        body,
        attributes,
        sentAt: now,
        visibleAt: now + (delaySeconds ?? queue.settings.DelaySeconds) * 1000,
        receives: 0,
        firstReceivedAt: undefined,
        sender,
      }));
      await log.append(stored.map((put) => ({ put })));
      return stored;
    },
    async take(given, source) {
      const visibleAt = clock();
      await log.append(
        given.map((one) => ({ put: { ...one, visibleAt, receives: 0, firstReceivedAt: undefined, source } })),
      );
    },
    async receive(count, visibilitySeconds) {
      await sweep();
      const ids = visible()
        .slice(0, count)
        .map(({ id }) => id);
      if (ids.length === 0) return [];
      const now = clock();
      await whileTaken(ids, () => log.append([{ received: ids, at: now, until: now + visibilitySeconds * 1000 }]));
      return ids.flatMap((id) => {
        const message = messages.get(id);
        return message ? [{ message, receiptHandle: handleOf(message) }] : [];
      });
    },
    async remove(receiptHandle) {
      const message = receivedBy(receiptHandle);
      if (message) await forget([message.id]);
    },
    async hide(receiptHandle, seconds) {
      const message = receivedBy(receiptHandle);
      if (!message || message.visibleAt <= clock()) {
        throw new AwsError('MessageNotInflight', 'The specified message is not in flight.');
      }
      await log.append([{ hidden: message.id, until: clock() + seconds * 1000 }]);
    },
    forget,
    clear: () => forget([...messages.keys()]),
    counts() {
      const now = clock();
      const hidden = [...messages.values()].filter(({ visibleAt }) => visibleAt > now);
      const inFlight = hidden.filter(({ receives }) => receives > 0).length;
      return { visible: messages.size - hidden.length, inFlight, delayed: hidden.length - inFlight };
    },
    oldestSentAt() {
      const [first] = messages.values();
      if (!first) return undefined;
      return [...messages.values()].reduce((oldest, { sentAt }) => Math.min(oldest, sentAt), first.sentAt);
    },
    close: () => log.close(),
  };
  return queue;
}

function handleOf({ id, receives }: StoredMessage): string {
  return Buffer.from(`${id} ${receives}`).toString('base64');
}

/** Throws ReceiptHandleIsInvalid. */
function readHandle(handle: string): readonly [id: string, receives: number] {
  const [, id, receives] = /^([0-9a-f-]{36}) (\d+)$/.exec(Buffer.from(handle, 'base64').toString('latin1')) ?? [];
  if (id !== undefined) return [id, Number(receives)];
  throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
}
