import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runServices, type RunningServices } from '../../support/run-services.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { awsCommand, type AwsCommand } from './aws-command.ts';

interface Received {
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
}

/** Queues, state machines and S3's events by the commands that an operator types. */
describe('the AWS CLI against queues and state machines', () => {
  let folder: string;
  let services: RunningServices;
  let aws: AwsCommand;
  const queueUrl = async (name: string) =>
    (await aws.json<{ QueueUrl: string }>('sqs', 'get-queue-url', '--queue-name', name)).QueueUrl;

  beforeAll(async () => {
    folder = await temporaryFolder('services');
    services = await runServices(join(folder, 'data'));
    aws = await awsCommand(services, folder);
  });
  afterAll(async () => {
    await services?.stop();
    if (folder) await removeFolder(folder);
  });

  it('finds the event of an object that was copied into a bucket in a queue, and deletes it there', async () => {
    await writeFile(join(folder, 'x.txt'), 'abc');
    await aws.text('s3', 'cp', 'x.txt', 's3://services-lake/raw/day=1/x y+z.txt');
    await aws.text('s3', 'cp', 'x.txt', 's3://services-lake/other/x.txt');
    const url = ['--queue-url', await queueUrl('services-files')];
    const { Messages = [] } = await aws.json<Received>('sqs', 'receive-message', ...url, '--wait-time-seconds', '5');
    expect(Messages.map(({ Body }) => JSON.parse(Body) as unknown)).toMatchObject([
      {
        source: 'aws.s3',
        account: services.accountId,
        region: services.region,
        detail: { bucket: { name: 'services-lake' }, object: { key: 'raw/day=1/x y+z.txt', size: 3 } },
      },
    ]);
    await aws.text('sqs', 'delete-message', ...url, '--receipt-handle', Messages[0]!.ReceiptHandle);
    const attributes = ['--attribute-names', 'All'];
    const found = await aws.json<{ Attributes: object }>('sqs', 'get-queue-attributes', ...url, ...attributes);
    expect(found.Attributes).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    });
  });

  it('sends a batch, and is told by its own name what is not there', async () => {
    const url = ['--queue-url', await queueUrl('services-dead-letters')];
    const entries = JSON.stringify([
      { Id: 'a', MessageBody: '1' },
      { Id: 'b', MessageBody: '2' },
    ]);
    const sent = await aws.json<{ Successful: object[] }>('sqs', 'send-message-batch', ...url, '--entries', entries);
    expect(sent.Successful).toHaveLength(2);
    await aws.text('sqs', 'purge-queue', ...url);
    await expect(queueUrl('nothing')).rejects.toThrow('AWS.SimpleQueueService.NonExistentQueue');
  });

  it('starts an execution that ends in a message, and reads how it went', async () => {
    const machine = ['--state-machine-arn', services.output('Machine')!];
    const { executionArn } = await aws.json<{ executionArn: string }>(
      'stepfunctions',
      'start-execution',
      ...machine,
      '--input',
      '{"file":"a"}',
    );
    const url = ['--queue-url', await queueUrl('services-done')];
    const { Messages = [] } = await aws.json<Received>('sqs', 'receive-message', ...url, '--wait-time-seconds', '20');
    expect(Messages.map(({ Body }) => Body)).toEqual(['{"file":"a"}']);
    const execution = ['--execution-arn', executionArn];
    await expect
      .poll(async () => await aws.json<object>('stepfunctions', 'describe-execution', ...execution), {
        timeout: 15_000,
      })
      .toMatchObject({ status: 'SUCCEEDED', input: '{"file":"a"}', output: '{"got":{"file":"a"}}' });
    const listed = await aws.json<{ executions: object[] }>('stepfunctions', 'list-executions', ...machine);
    expect(listed.executions).toMatchObject([{ executionArn, status: 'SUCCEEDED' }]);
    const { events } = await aws.json<{ events: { type: string }[] }>(
      'stepfunctions',
      'get-execution-history',
      ...execution,
    );
    expect(events.at(-1)?.type).toBe('ExecutionSucceeded');
  });

  it('had its custom resource created before', () => {
    expect(services.output('Asked')).toBe('Create');
    expect(services.log.entries.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
