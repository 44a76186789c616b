import {
  ListExecutionsCommand,
  DescribeExecutionCommand,
  type ExecutionListItem,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { GetQueueUrlCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { queueDepth, type QueueDepth } from './queue-depth.ts';
import { deadLetterQueue, filesQueue, machineArn, withClients, type WarehouseTarget } from './warehouse-target.ts';

/** A run of a state machine. */
export interface MachineRun {
  readonly status: string;
  readonly startedAt: Date | undefined;
  readonly stoppedAt: Date | undefined;
  /** Why it failed; of the last load alone. */
  readonly error: string | undefined;
}

/** A message of the dead-letter queue, as the load wrote it or as it arrived. */
export interface DeadLetter {
  readonly sentAt: Date | undefined;
  readonly body: string;
}

export interface WarehouseStatus {
  readonly files: QueueDepth;
  readonly deadLetters: QueueDepth;
  /** At most ten of them. */
  readonly letters: readonly DeadLetter[];
  readonly running: MachineRun | undefined;
  /** The last load that ended. */
  readonly lastLoad: MachineRun | undefined;
  readonly lastSetup: MachineRun | undefined;
}

/** How the warehouse stands: what waits, what could not be loaded, when it was loaded last. */
export async function warehouseStatus(target: WarehouseTarget): Promise<WarehouseStatus> {
  return withClients(target, async ({ machines, queues }) => {
    const [files, deadLetters, loads, [lastSetup]] = await Promise.all([
      queueDepth(queues, filesQueue(target)),
      queueDepth(queues, deadLetterQueue(target)),
      runsOf(machines, machineArn(target, 'load')),
      runsOf(machines, machineArn(target, 'setup')),
    ]);
    const running = loads.find(({ status }) => status === 'RUNNING');
    const ended = loads.find(({ status }) => status !== 'RUNNING');
    return {
      files,
      deadLetters,
      letters: deadLetters.waiting > 0 ? await peek(queues, deadLetterQueue(target)) : [],
      running: running && runOf(running),
      lastLoad: ended && { ...runOf(ended), error: await errorOf(machines, ended) },
      lastSetup: lastSetup && runOf(lastSetup),
    };
  });
}

/** Newest first. */
async function runsOf(client: SFNClient, stateMachineArn: string): Promise<readonly ExecutionListItem[]> {
  const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 20 }));
  return executions ?? [];
}

const runOf = ({ status, startDate, stopDate }: ExecutionListItem): MachineRun => ({
  status: status ?? 'UNKNOWN',
  startedAt: startDate,
  stoppedAt: stopDate,
  error: undefined,
});

async function errorOf(client: SFNClient, { executionArn }: ExecutionListItem): Promise<string | undefined> {
  const { error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
  return [error, cause].filter(Boolean).join(': ') || undefined;
}

/** Reads messages and leaves them where they are. */
async function peek(client: SQSClient, QueueName: string): Promise<readonly DeadLetter[]> {
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  );
  return Messages.map(({ Body = '', Attributes }) => {
    const sentAt = Attributes?.SentTimestamp;
    return { body: Body, sentAt: sentAt === undefined ? undefined : new Date(Number(sentAt)) };
  });
}
