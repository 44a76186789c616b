import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalQueue, LocalQueues } from '../queues.ts';
import { AwsError } from '../runtime.ts';
import { pageOf } from './pages.ts';
import { errorResponse, jsonProtocol } from './protocol.ts';
import type { AwsProtocol, AwsRequest } from './protocol.ts';
import { entriesInput, inBatch } from './sqs/batch.ts';
import { handleInput, namesInput, numberInput } from './sqs/inputs.ts';
import type { Input } from './sqs/inputs.ts';
import { messageInput, receivedOf, sentOf } from './sqs/messages.ts';
import { movedOf, moveMessages } from './sqs/move-messages.ts';
import type { MoveTask } from './sqs/move-messages.ts';
import { queueAttributes } from './sqs/queue-attributes.ts';

/** Messages of a receive, and entries of a list of tasks. */
const MOST_MESSAGES = 10;
/** Names of a list. */
const PAGE = 1000;
/** Milliseconds between two looks of somebody who waits for messages. */
const LOOK_EVERY = 100;
const MAX_HIDDEN_SECONDS = 43_200;
const MAX_WAIT_SECONDS = 20;

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

function mayDo(queue: LocalQueue, request: AwsRequest, action: string): void {
  request.authorize(action, queue.arn);
}

async function hide(queue: LocalQueue, input: Input): Promise<void> {
  if (input.VisibilityTimeout === undefined) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter VisibilityTimeout.');
  }
  const seconds = numberInput(input, 'VisibilityTimeout', { most: MAX_HIDDEN_SECONDS, standard: 0 });
  await queue.hide(handleInput(input), seconds);
}

function nameOf(arn: unknown): string {
  const text = String(arn);
  return text.slice(text.lastIndexOf(':') + 1);
}
