import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalQueue, LocalQueues } from '../queues.ts';
import { attributesDigest, bodyDigest } from '../queues/message-digest.ts';
import type { MessageAttribute, NewMessage, ReceivedMessage, StoredMessage } from '../queues/queue.ts';
import { AwsError } from '../runtime.ts';
import { pageOf } from './pages.ts';
import { errorResponse, jsonProtocol } from './protocol.ts';
import type { AwsProtocol, AwsRequest } from './protocol.ts';
import { moveMessages } from './sqs/move-messages.ts';
import type { MoveTask } from './sqs/move-messages.ts';
import { queueAttributes } from './sqs/queue-attributes.ts';

type Input = Readonly<Record<string, unknown>>;

/** Entries of a batch, and messages of a receive. */
const MOST_MESSAGES = 10;
/** Names of a list. */
const PAGE = 1000;
/** Milliseconds between two looks of somebody who waits for messages. */
const LOOK_EVERY = 100;
const MAX_HIDDEN_SECONDS = 43_200;
const MAX_WAIT_SECONDS = 20;
const MAX_DELAY_SECONDS = 900;

/** Characters of XML 1.0, of which a body consists. */
const BODY = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u;

/** Amazon SQS on the wire, by its JSON protocol. Which queues there are, the template says. */
export function sqsProtocol(queues: LocalQueues): AwsProtocol {
  const asked = (input: Input, request: AwsRequest, action: string): LocalQueue => {
    const queue = queues.atUrl(input.QueueUrl);
    mayDo(queue, request, action);
    return queue;
  };

  /** Newest first. */
  const moves: MoveTask[] = [];

  const protocol = jsonProtocol('sqs', {
    async SendMessage(input, request) {
      const queue = asked(input, request, 'sqs:SendMessage');
      const [stored] = await queue.send([messageInput(queue, input)], request.principal.arn);
      return sentOf(stored!);
    },

    async SendMessageBatch(input, request) {
      const queue = asked(input, request, 'sqs:SendMessage');
      const entries = entriesInput(input);
      const bytes = entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(String(MessageBody ?? '')), 0);
      if (bytes > queue.settings.MaximumMessageSize) {
        const most = queue.settings.MaximumMessageSize;
        const message = `Batch requests cannot be longer than ${most} bytes. You have sent ${bytes} bytes.`;
        throw new AwsError('BatchRequestTooLong', message);
      }
      return inBatch(entries, async (entry) => {
        const [stored] = await queue.send([messageInput(queue, entry)], request.principal.arn);
        return sentOf(stored!);
      });
    },

    async ReceiveMessage(input, request) {
      const queue = asked(input, request, 'sqs:ReceiveMessage');
      const { VisibilityTimeout, ReceiveMessageWaitTimeSeconds } = queue.settings;
      const count = numberInput(input, 'MaxNumberOfMessages', { least: 1, most: MOST_MESSAGES, standard: 1 });
      const hidden = numberInput(input, 'VisibilityTimeout', { most: MAX_HIDDEN_SECONDS, standard: VisibilityTimeout });
      const waits = { most: MAX_WAIT_SECONDS, standard: ReceiveMessageWaitTimeSeconds };
      const until = Date.now() + numberInput(input, 'WaitTimeSeconds', waits) * 1000;
      for (;;) {
        const received = queues.stopping ? [] : await queue.receive(count, hidden);
        if (received.length > 0) return { Messages: received.map((one) => receivedOf(one, input)) };
        if (queues.stopping || Date.now() >= until) return {};
        await sleep(Math.min(LOOK_EVERY, until - Date.now()));
      }
    },

    async DeleteMessage(input, request) {
      await asked(input, request, 'sqs:DeleteMessage').remove(handleInput(input));
    },

    async DeleteMessageBatch(input, request) {
      const queue = asked(input, request, 'sqs:DeleteMessage');
      return inBatch(entriesInput(input), async (entry) => {
        await queue.remove(handleInput(entry));
        return {};
      });
    },

    async ChangeMessageVisibility(input, request) {
      await hide(asked(input, request, 'sqs:ChangeMessageVisibility'), input);
    },

    async ChangeMessageVisibilityBatch(input, request) {
      const queue = asked(input, request, 'sqs:ChangeMessageVisibility');
      return inBatch(entriesInput(input), async (entry) => {
        await hide(queue, entry);
        return {};
      });
    },

    async GetQueueAttributes(input, request) {
      const queue = asked(input, request, 'sqs:GetQueueAttributes');
      const Attributes = queueAttributes(queue, namesInput(input.AttributeNames));
      return { ...(Object.keys(Attributes).length > 0 && { Attributes }) };
    },

    async GetQueueUrl(input, request) {
      const queue = queues.atUrl(input.QueueName);
      mayDo(queue, request, 'sqs:GetQueueUrl');
      return { QueueUrl: queue.url };
    },

    async ListQueues(input, request) {
      request.authorize('sqs:ListQueues', '*');
      const start = typeof input.QueueNamePrefix === 'string' ? input.QueueNamePrefix : '';
      const urls = queues.all().flatMap(({ name, url }) => (name.startsWith(start) ? [url] : []));
      const size = numberInput(input, 'MaxResults', { least: 1, most: PAGE, standard: PAGE });
      const { items, nextToken } = pageOf(urls, { token: input.NextToken, size, error: 'InvalidParameterValue' });
      return { QueueUrls: items, ...(nextToken !== undefined && { NextToken: nextToken }) };
    },

    async ListDeadLetterSourceQueues(input, request) {
      const { arn } = asked(input, request, 'sqs:ListDeadLetterSourceQueues');
      const sources = queues.all().filter(({ settings }) => settings.redrive?.deadLetterTargetArn === arn);
      return { queueUrls: sources.map(({ url }) => url) };
    },

    async StartMessageMoveTask(input, request) {
      const source = queues.named(nameOf(input.SourceArn));
      if (!source) throw new AwsError('ResourceNotFoundException', 'The queue of SourceArn does not exist.');
      mayDo(source, request, 'sqs:StartMessageMoveTask');
      const destination = input.DestinationArn === undefined ? undefined : queues.named(nameOf(input.DestinationArn));
      if (input.DestinationArn !== undefined && !destination) {
        throw new AwsError('ResourceNotFoundException', 'The queue of DestinationArn does not exist.');
      }
      const task = await moveMessages(queues, source, destination);
      moves.unshift(task);
      return { TaskHandle: task.handle };
    },

    async ListMessageMoveTasks(input, request) {
      const source = queues.named(nameOf(input.SourceArn));
      if (!source) throw new AwsError('ResourceNotFoundException', 'The queue of SourceArn does not exist.');
      mayDo(source, request, 'sqs:ListMessageMoveTasks');
      const most = numberInput(input, 'MaxResults', { least: 1, most: MOST_MESSAGES, standard: 1 });
      const found = moves.filter(({ sourceArn }) => sourceArn === source.arn).slice(0, most);
      return { Results: found.map(movedOf) };
    },

    async PurgeQueue(input, request) {
      await asked(input, request, 'sqs:PurgeQueue').clear();
    },
  });

  return {
    ...protocol,
    // Clients of the older protocol, the AWS CLI among them, know errors by the names that this header has.
    handle: (request) =>
      protocol.handle(request).catch((error: unknown) => {
        if (!(error instanceof AwsError)) throw error;
        const response = errorResponse('json', error, request);
        const code = OLD_CODES[error.code] ?? error.code;
        return { ...response, headers: { ...response.headers, 'x-amzn-query-error': `${code};Sender` } };
      }),
  };
}

/** Error codes that are called otherwise in the older protocol. */
const OLD_CODES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
};

/** Inside an account either policy may allow a call, the caller's or the queue's; a Deny of either wins. */
function mayDo(queue: LocalQueue, request: AwsRequest, action: string): void {
  const { principal } = request;
  const decision = principal.kind === 'admin' ? 'allows' : queue.access.decide(principal, action, queue.arn);
  if (decision === 'allows') return;
  if (decision === 'says nothing') return request.authorize(action, queue.arn);
  const what = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${queue.arn}`;
  throw new AwsError('AccessDeniedException', `${what} with an explicit deny in a resource-based policy`);
}

function messageInput({ settings }: LocalQueue, input: Input): NewMessage {
  const { MessageBody: body, MessageAttributes, DelaySeconds } = input;
  if (input.MessageGroupId !== undefined || input.MessageDeduplicationId !== undefined) {
    throw invalid('MessageGroupId and MessageDeduplicationId are for FIFO queues, which have no stand-in');
  }
  if (typeof body !== 'string' || body === '') {
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  }
  if (!BODY.test(body)) throw new AwsError('InvalidMessageContents', 'Invalid characters found in the message.');
  const attributes = attributesInput(MessageAttributes);
  const bytes = Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify(attributes)) - '{}'.length;
  const most = settings.MaximumMessageSize;
  if (bytes > most)
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`);
  const delaySeconds = numberInput(input, 'DelaySeconds', { most: MAX_DELAY_SECONDS, standard: settings.DelaySeconds });
  return { body, attributes, ...(DelaySeconds !== undefined && { delaySeconds }) };
}

function attributesInput(value: unknown): Readonly<Record<string, MessageAttribute>> {
  const attributes = (value ?? {}) as Readonly<Record<string, MessageAttribute>>;
  for (const [name, { DataType, StringValue, BinaryValue }] of Object.entries(attributes)) {
    const kind = /^(String|Number|Binary)(\..+)?$/.exec(DataType ?? '')?.[1];
    const given = kind === 'Binary' ? BinaryValue : StringValue;
    if (typeof given === 'string' && given !== '') continue;
    throw invalid(`The message attribute '${name}' must have a type (String, Number or Binary) and a value of it.`);
  }
  return attributes;
}

function sentOf({ id, body, attributes }: StoredMessage): Record<string, string> {
  return {
    MessageId: id,
    MD5OfMessageBody: bodyDigest(body),
    ...(Object.keys(attributes).length > 0 && { MD5OfMessageAttributes: attributesDigest(attributes) }),
  };
}

function receivedOf({ message, receiptHandle }: ReceivedMessage, input: Input): Record<string, unknown> {
  const { id, body, attributes } = message;
  const names = namesInput(input.MessageSystemAttributeNames ?? input.AttributeNames);
  const system = Object.entries(systemAttributes(message)).filter(([name]) => isAsked(name, names));
  const asked = namesInput(input.MessageAttributeNames);
  const own = Object.fromEntries(Object.entries(attributes).filter(([name]) => isAsked(name, asked)));
  return {
    MessageId: id,
    ReceiptHandle: receiptHandle,
    MD5OfBody: bodyDigest(body),
    Body: body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(Object.keys(own).length > 0 && { MessageAttributes: own, MD5OfMessageAttributes: attributesDigest(own) }),
  };
}

function systemAttributes(message: StoredMessage): Record<string, string> {
  const { sender, sentAt, receives, firstReceivedAt, source } = message;
  return {
    SenderId: sender,
    SentTimestamp: String(sentAt),
    ApproximateReceiveCount: String(receives),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    ...(source !== undefined && { DeadLetterQueueSourceArn: source }),
  };
}

/** `All`, `.*`, a name, or the start of names with `.*` behind it. */
function isAsked(name: string, asked: readonly string[]): boolean {
  return asked.some(
    (one) => one === 'All' || one === name || (one.endsWith('.*') && name.startsWith(one.slice(0, -2))),
  );
}

async function hide(queue: LocalQueue, input: Input): Promise<void> {
  if (input.VisibilityTimeout === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
  }
  const seconds = numberInput(input, 'VisibilityTimeout', { most: MAX_HIDDEN_SECONDS, standard: 0 });
  await queue.hide(handleInput(input), seconds);
}

/** Each entry by itself: what is wrong with one does not keep the others. */
async function inBatch(entries: readonly Input[], task: (entry: Input) => Promise<Record<string, unknown>>) {
  const Successful: unknown[] = [];
  const Failed: unknown[] = [];
  await Promise.all(
    entries.map(async (entry) => {
      try {
        Successful.push({ Id: entry.Id, ...(await task(entry)) });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
      }
    }),
  );
  return { Successful, ...(Failed.length > 0 && { Failed }) };
}

function entriesInput({ Entries }: Input): readonly Input[] {
  const entries = (Array.isArray(Entries) ? Entries : []) as readonly Input[];
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'The batch request does not contain any entries.');
  if (entries.length > MOST_MESSAGES) {
    const message = `Maximum number of entries per request are ${MOST_MESSAGES}. You have sent ${entries.length}.`;
    throw new AwsError('TooManyEntriesInBatchRequest', message);
  }
  const ids = entries.map(({ Id }) => Id);
  if (!ids.every((id) => typeof id === 'string' && /^[\w-]{1,80}$/.test(id))) {
    throw new AwsError('InvalidBatchEntryId', 'A batch entry id can only contain alphanumeric characters, - and _.');
  }
  if (new Set(ids).size < ids.length) throw new AwsError('BatchEntryIdsNotDistinct', 'Two entries have the same Id.');
  return entries;
}

function nameOf(arn: unknown): string {
  const text = String(arn);
  return text.slice(text.lastIndexOf(':') + 1);
}

function movedOf({ sourceArn, destinationArn, moved, startedAt }: MoveTask): Record<string, unknown> {
  return {
    Status: 'COMPLETED',
    SourceArn: sourceArn,
    ...(destinationArn !== undefined && { DestinationArn: destinationArn }),
    ApproximateNumberOfMessagesMoved: moved,
    ApproximateNumberOfMessagesToMove: moved,
    StartedTimestamp: startedAt,
  };
}

function handleInput({ ReceiptHandle }: Input): string {
  if (typeof ReceiptHandle === 'string' && ReceiptHandle !== '') return ReceiptHandle;
  throw new AwsError('MissingParameter', 'The request must contain the parameter ReceiptHandle.');
}

function numberInput(
  input: Input,
  name: string,
  { least = 0, most, standard }: { readonly least?: number; readonly most: number; readonly standard: number },
): number {
  const value = Number(input[name] ?? standard);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const reason = `Must be >= ${least} and <= ${most}, if provided.`;
  throw invalid(`Value ${JSON.stringify(input[name])} for parameter ${name} is invalid. Reason: ${reason}`);
}

function namesInput(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
