import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
  type Message,
  type ReceiveMessageCommandInput,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sqsProtocol } from '../../../local/aws-api/sqs.ts';
import { createQueues } from '../../../local/queues.ts';
import type { LocalQueues } from '../../../local/queues.ts';
import { aJudge } from '../../support/a-judge.ts';
import { aLog } from '../../support/a-log.ts';
import { anAwsEndpoint, type AwsEndpoint } from '../../support/an-aws-endpoint.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const rule = { service: 'events.amazonaws.com', sourceArn: 'arn:aws:events:eu-central-1:000000000000:rule/files' };

let dataDir: string;
let queues: LocalQueues;
let endpoint: AwsEndpoint;
let sqs: SQSClient;
let now = Date.now();
const judge = aJudge();
const url = (name: string) => queues.named(name)!.url;

async function makeQueues(): Promise<LocalQueues> {
  const place = { region: 'eu-central-1', accountId: '000000000000', awsUrl: 'http://127.0.0.1:1' };
  const made = createQueues({ ...place, dataDir, clock: () => now, log: aLog(), credentials: judge });
  const { arn } = await made.define('dead-letters', {});
  await made.define('files', {
    VisibilityTimeout: 60,
    RedrivePolicy: { deadLetterTargetArn: arn, maxReceiveCount: 2 },
  });
  return made;
}

async function receive(name: string, more: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
  const input = {
    QueueUrl: url(name),
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All' as const],
    ...more,
  };
  return (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
}

const send = (body: string) => sqs.send(new SendMessageCommand({ QueueUrl: url('files'), MessageBody: body }));
const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);

beforeAll(async () => {
  dataDir = await temporaryFolder('sqs');
  queues = await makeQueues();
  endpoint = await anAwsEndpoint(sqsProtocol(queues));
  sqs = new SQSClient(endpoint.clientConfig);
});
beforeEach(async () => {
  endpoint.deny = false;
  await queues.clear();
});
afterAll(async () => {
  sqs.destroy();
  await endpoint.close();
  await queues.stop();
  await removeFolder(dataDir);
});

describe('Amazon SQS', () => {
  it('hides what is received until its time is up, and forgets what is deleted', async () => {
    await send('one');
    await send('two');
    const first = await receive('files');
    expect(bodies(first)).toEqual(['one', 'two']);
    expect(await receive('files')).toEqual([]);

    await sqs.send(new DeleteMessageCommand({ QueueUrl: url('files'), ReceiptHandle: first[0]!.ReceiptHandle }));
    now += 61_000;
    const [again] = await receive('files');
    expect(again).toMatchObject({ Body: 'two', Attributes: { ApproximateReceiveCount: '2' } });
    // A handle of an earlier receive means nothing any more.
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url('files'), ReceiptHandle: first[1]!.ReceiptHandle }));
    const show = { QueueUrl: url('files'), ReceiptHandle: again!.ReceiptHandle, VisibilityTimeout: 0 };
    await sqs.send(new ChangeMessageVisibilityCommand(show));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url('files'), AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '1', VisibilityTimeout: '60' });
  });

  it('gives a message that is received too often to the dead letters, with its id and where it came from', async () => {
    const { MessageId } = await send('poison');
    for (let time = 0; time < 2; time += 1) {
      expect(bodies(await receive('files'))).toEqual(['poison']);
      now += 61_000;
    }
    expect(await receive('files')).toEqual([]);
    const DeadLetterQueueSourceArn = queues.named('files')!.arn;
    expect(await receive('dead-letters')).toMatchObject([
      { Body: 'poison', MessageId, Attributes: { DeadLetterQueueSourceArn } },
    ]);

    now += 31_000;
    const SourceArn = queues.named('dead-letters')!.arn;
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
    expect(bodies(await receive('files'))).toEqual(['poison']);
    expect(await receive('dead-letters')).toEqual([]);
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
    expect(Results).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 }]);
    const other = sqs.send(new StartMessageMoveTaskCommand({ SourceArn: DeadLetterQueueSourceArn }));
    await expect(other).rejects.toMatchObject({ name: 'UnsupportedOperation' });
  });

  it('keeps what it acknowledged, what is hidden and how often it was received, over a crash', async () => {
    await send('one');
    const [received] = await receive('files');
    await send('two');
    const after = await makeQueues();
    const queue = after.named('files')!;
    const [visible, ...more] = await queue.receive(10, 5);
    expect([visible?.message.body, more]).toEqual(['two', []]);
    now += 61_000;
    const [hidden] = await queue.receive(1, 5);
    expect(hidden?.message).toMatchObject({ id: received!.MessageId, receives: 2 });
    await after.stop();
  });

  it('answers each entry of a batch by itself', async () => {
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'file' } };
    const Entries = ['a', 'b', ''].map((MessageBody, index) => ({ Id: `${index}`, MessageBody, MessageAttributes }));
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url('files'), Entries }));
    expect(sent.Successful?.map(({ Id }) => Id).toSorted()).toEqual(['0', '1']);
    expect(sent.Failed).toMatchObject([{ Id: '2', Code: 'MissingParameter', SenderFault: true }]);
    const received = await receive('files', { MessageAttributeNames: ['All'] });
    expect(received[0]).toMatchObject({ MessageAttributes });
    const handles = received.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
    const wrong = { Id: 'wrong', ReceiptHandle: 'nonsense' };
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({ QueueUrl: url('files'), Entries: [...handles, wrong] }),
    );
    expect(deleted.Failed).toMatchObject([{ Id: 'wrong', Code: 'ReceiptHandleIsInvalid' }]);
    expect(queues.named('files')!.counts()).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it('waits for messages', async () => {
    const waiting = receive('files', { WaitTimeSeconds: 10 });
    await send('late');
    expect(bodies(await waiting)).toEqual(['late']);
  });

  it('finds queues by name, and says so where there is none', async () => {
    expect(await sqs.send(new GetQueueUrlCommand({ QueueName: 'files' }))).toMatchObject({ QueueUrl: url('files') });
    const { QueueUrls } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'dead' }));
    expect(QueueUrls).toEqual([url('dead-letters')]);
    const missing = sqs.send(new SendMessageCommand({ QueueUrl: `${url('files')}-x`, MessageBody: 'x' }));
    await expect(missing).rejects.toBeInstanceOf(QueueDoesNotExist);
  });

  it("lets a service in by the queue's policy alone", async () => {
    endpoint.deny = true;
    await expect(send('x')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const { arn } = queues.named('files')!;
    await expect(queues.send(arn, '{}', rule)).rejects.toThrow('not authorized to perform: sqs:SendMessage');
    const allow = { Effect: 'Allow' as const, Action: 'sqs:SendMessage', Resource: arn };
    const Condition = { ArnEquals: { 'aws:SourceArn': rule.sourceArn } };
    judge.definePolicy(arn, { Statement: { ...allow, Principal: { Service: rule.service }, Condition } }, 'policy');
    await queues.send(arn, '{}', rule);
    await expect(queues.send(arn, '{}', { ...rule, sourceArn: `${rule.sourceArn}2` })).rejects.toThrow(
      'not authorized',
    );
    await expect(sqs.send(new PurgeQueueCommand({ QueueUrl: url('files') }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it.each([
    [{ FifoQueue: true }, 'FIFO'],
    [{ VisibilityTimeout: 43_201 }, '0 to 43200'],
    [{ RedrivePolicy: { maxReceiveCount: 2 } }, 'RedrivePolicy'],
  ])('refuses a queue with %j', async (properties, reason) => {
    await expect(queues.define('other', properties)).rejects.toThrow(reason);
  });
});
