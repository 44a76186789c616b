import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { inBatches } from '../shared/in-batches.ts';
import { inParallel } from '../shared/in-parallel.ts';

/** A message as it was received. */
export interface FileMessage {
  readonly body: string;
  readonly receipt: string;
}

/** The queue of raw objects, and that of objects that cannot be loaded. */
export interface FileQueue {
  /** Whether nothing waits, as far as the queue knows at the moment. */
  isEmpty(): Promise<boolean>;
  /** Up to so many messages, hidden from others for hours. */
  receive(max: number): Promise<readonly FileMessage[]>;
  /** Deletes messages; of one that was received again since, the later receipt is needed. */
  delete(receipts: readonly string[]): Promise<void>;
  /** Puts a message where a person will look. */
  giveUp(message: object): Promise<void>;
}

/** SQS takes so many in one call. */
const batchSize = 10;

/** Calls at a time: a thousand messages are a hundred calls. */
const parallelCalls = 10;

export function fileQueue(client: SQSClient, queueUrl: string, deadLetterUrl: string): FileQueue {
  const receiveBatch = async (max: number): Promise<readonly FileMessage[]> => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(max, batchSize),
        WaitTimeSeconds: 1,
      }),
    );
    return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({ body: Body, receipt: ReceiptHandle }));
  };
  const deleteBatch = async (receipts: readonly string[]): Promise<void> => {
    const { Failed = [] } = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    // A receipt that is no longer good has been overtaken: the message comes back, and its file is found loaded.
    const refused = Failed.filter(({ SenderFault }) => !SenderFault);
    if (refused.length > 0) throw new Error(`${refused.length} messages cannot be deleted: ${refused[0]?.Code}`);
  };

  return {
    async isEmpty() {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      return Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0) === 0;
    },
    async receive(max) {
      const received: FileMessage[] = [];
      while (received.length < max) {
        const wanted = max - received.length;
        const calls = Math.min(parallelCalls, Math.ceil(wanted / batchSize));
        const sizes = Array.from({ length: calls }, (_, call) => Math.min(batchSize, wanted - call * batchSize));
        const batches = await Promise.all(sizes.map(receiveBatch));
        received.push(...batches.flat());
        // One call may come back with less than there is; all of them with nothing means that there is nothing.
        if (batches.every(({ length }) => length === 0)) break;
      }
      return received;
    },
    async delete(receipts) {
      await inParallel(inBatches(receipts, batchSize), parallelCalls, deleteBatch);
    },
    async giveUp(message) {
      await client.send(new SendMessageCommand({ QueueUrl: deadLetterUrl, MessageBody: JSON.stringify(message) }));
    },
  };
}
