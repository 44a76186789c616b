import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { removeFolder, temporaryFolder } from './temporary-folder.ts';

const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:services';

/** Of each kind, acknowledged in each round before the kill draws near. */
const LEAST = 5;

/** Names of what was acknowledged, and of what there was in the end. */
export interface KilledServices {
  readonly sent: ReadonlySet<string>;
  readonly deleted: ReadonlySet<string>;
  /** Messages of which a deletion was sent: its answer may have been lost. */
  readonly deletionSent: ReadonlySet<string>;
  readonly put: ReadonlySet<string>;
  readonly started: ReadonlySet<string>;
  readonly left: {
    readonly messages: ReadonlySet<string>;
    readonly events: ReadonlySet<string>;
    readonly succeeded: ReadonlySet<string>;
    readonly reported: ReadonlySet<string>;
  };
}

type Acknowledged = Record<'sent' | 'deleted' | 'deletionSent' | 'put' | 'started', Set<string>>;

interface Child {
  readonly process: ChildProcess;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly sfn: SFNClient;
}

/** Has clients at work on the laptop's services, and kills it so many milliseconds after they have got going. */
export async function killServices(killAfter: readonly number[]): Promise<KilledServices> {
  const dataDir = await temporaryFolder('killed-services');
  const done = {
    sent: new Set<string>(),
    deleted: new Set<string>(),
    deletionSent: new Set<string>(),
    put: new Set<string>(),
    started: new Set<string>(),
  };
  try {
    for (const [round, millis] of killAfter.entries()) {
      const child = await startChild(dataDir);
      const work = keepWorking(child, `${round}`, done);
      const least = (round + 1) * LEAST;
      while (Object.values(done).some(({ size }) => size < least)) await wait(20);
      await wait(millis);
      child.process.kill('SIGKILL');
      await once(child.process, 'close');
      await work;
    }
    const last = await startChild(dataDir);
    try {
      return { ...done, left: await readAll(last) };
    } finally {
      last.process.kill('SIGKILL');
      await once(last.process, 'close');
    }
  } finally {
    await removeFolder(dataDir);
  }
}

async function startChild(dataDir: string): Promise<Child> {
  const script = new URL('services-child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { awsUrl, region, ...credentials } = JSON.parse(line) as Record<string, string>;
  const config = {
    endpoint: awsUrl!,
    region: region!,
    credentials: credentials as { accessKeyId: string; secretAccessKey: string },
    forcePathStyle: true,
    maxAttempts: 1,
  };
  return { process: child, sqs: new SQSClient(config), s3: new S3Client(config), sfn: new SFNClient(config) };
}

/** Until the process is gone, which each of them hears as an error. */
async function keepWorking(
  { sqs, s3, sfn }: Child,
  round: string,
  { sent, deleted, deletionSent, put, started }: Acknowledged,
): Promise<void> {
  const untilKilled = async (task: (name: string) => Promise<void>): Promise<void> => {
    for (let count = 0; ; count += 1) {
      try {
        await task(`${round}-${count}`);
      } catch {
        return;
      }
    }
  };
  await Promise.all([
    untilKilled(async (name) => {
      await sqs.send(new SendMessageCommand({ QueueUrl: '/services-dead-letters', MessageBody: name }));
      sent.add(name);
    }),
    untilKilled(async () => {
      const QueueUrl = '/services-dead-letters';
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 3, WaitTimeSeconds: 1 }),
      );
      const Entries = Messages.slice(0, 1).map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
      if (Entries.length === 0) return;
      const [{ Body = '' } = {}] = Messages;
      deletionSent.add(Body);
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      deleted.add(Body);
    }),
    untilKilled(async (name) => {
      const Key = `raw/day=1/${name} +.parquet`;
      await s3.send(new PutObjectCommand({ Bucket: 'services-lake', Key, Body: name }));
      put.add(Key);
    }),
    untilKilled(async (name) => {
      const input = JSON.stringify({ name });
      await sfn.send(new StartExecutionCommand({ stateMachineArn: machine, name, input }));
      started.add(name);
      await wait(30);
    }),
  ]);
}

async function readAll({ sqs, sfn }: Child): Promise<KilledServices['left']> {
  const succeeded = new Set<string>();
  for (let running = true; running;) {
    const executions: { name?: string | undefined; status?: string | undefined }[] = [];
    let nextToken: string | undefined;
    do {
      const page = await sfn.send(new ListExecutionsCommand({ stateMachineArn: machine, nextToken }));
      executions.push(...(page.executions ?? []));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    running = executions.some(({ status }) => status === 'RUNNING');
    for (const { name = '', status } of executions) if (status === 'SUCCEEDED') succeeded.add(name);
    if (running) await wait(100);
  }
  // What was received before a kill is hidden for as long as its queue says.
  const read = async (QueueUrl: string, hiddenSeconds: number): Promise<string[]> => {
    const bodies: string[] = [];
    for (let quietSince = Date.now(); Date.now() - quietSince < hiddenSeconds * 1000;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600, WaitTimeSeconds: 1 }),
      );
      bodies.push(...Messages.map(({ Body = '' }) => Body));
      if (Messages.length > 0) quietSince = Date.now();
    }
    return bodies;
  };
  const [messages, events, reported] = await Promise.all([
    read('/services-dead-letters', 6),
    read('/services-files', 2),
    read('/services-done', 2),
  ]);
  return {
    messages: new Set(messages),
    events: new Set(events.map(keyOf)),
    succeeded,
    reported: new Set(reported.map(nameOf)),
  };
}

function keyOf(event: string): string {
  return (JSON.parse(event) as { detail: { object: { key: string } } }).detail.object.key;
}

function nameOf(report: string): string {
  return (JSON.parse(report) as { name: string }).name;
}
