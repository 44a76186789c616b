import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createWarehouseProgram } from '../../../cli/warehouse-program.ts';
import { findWarehouse } from '../../../cli/warehouse/find-warehouse.ts';
import { startFakeApi, type FakeApi } from '../../support/fake-api.ts';

type Input = Readonly<Record<string, unknown>>;
const open: FakeApi[] = [];
afterEach(async () => {
  for (const api of open.splice(0)) await api.close();
});

const machine = (task: string) => `arn:aws:states:eu-west-1:000000000000:stateMachine:playlake-dev-warehouse-${task}`;

/** Runs the command against AWS's protocols that answer as told; gives what was printed and what was asked. */
async function warehouse(command: string, actions: Readonly<Record<string, (input: Input) => object>>, more = {}) {
  const asked: { action: string; input: Input }[] = [];
  const api = await startFakeApi(({ headers, body, path }) => {
    const action = headers['x-amz-target'] === undefined ? path : String(headers['x-amz-target']).split('.')[1]!;
    const input = (body === '' ? {} : JSON.parse(body)) as Input;
    asked.push({ action, input });
    const answer = actions[action];
    if (!answer) throw new Error(`nothing answers ${action}`);
    return {
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify(answer(input)),
    };
  });
  open.push(api);
  const file = join(mkdtempSync(join(tmpdir(), 'endpoints-')), 'endpoints.json');
  const endpoints = {
    apiUrl: `${api.url}/live`,
    awsUrl: api.url,
    region: 'eu-west-1',
    accountId: '000000000000',
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'not-a-secret',
    bucket: 'lake',
    bucketPath: '/tmp/lake',
    database: 'playlake',
    workGroup: 'playlake',
    deliveryStream: 'stream',
    workflow: 'playlake-dev',
    redshiftWorkgroup: 'playlake-dev',
    ...more,
  };
  writeFileSync(file, JSON.stringify(endpoints));
  const printed: string[] = [];
  const program = createWarehouseProgram({ target: findWarehouse, print: (line) => void printed.push(line) });
  await program.parseAsync(['node', 'warehouse', command, '--endpoints', file]);
  return { printed: printed.join('\n'), asked };
}

/** Queues with so many messages, one look after the other; the last count stays. */
function queues(files: number[], deadLetters = 0) {
  return {
    GetQueueUrl: ({ QueueName }: Input) => ({ QueueUrl: `http://queues/${String(QueueName)}` }),
    GetQueueAttributes: ({ QueueUrl }: Input) => {
      const waiting = String(QueueUrl).endsWith('-dead-letters')
        ? deadLetters
        : files.length > 1
          ? files.shift()
          : files[0];
      return {
        Attributes: { ApproximateNumberOfMessages: String(waiting), ApproximateNumberOfMessagesNotVisible: '0' },
      };
    },
  };
}

const ended = { status: 'SUCCEEDED', startDate: 1_000, stopDate: 1_004.5, output: '{"status":"done"}' };

describe('npm run warehouse', () => {
  it('load waits for a run that goes on, then runs the load until nothing waits', async () => {
    const running = [1, 0];
    const { printed, asked } = await warehouse('load', {
      ...queues([5, 2, 0], 1),
      ListExecutions: () => ({ executions: (running.shift() ?? 0) > 0 ? [{ executionArn: 'other' }] : [] }),
      StartExecution: () => ({ executionArn: 'own' }),
      DescribeExecution: () => ended,
    });
    expect(printed).toMatch(
      /^loaded 5 files in \d+\.\d s; 1 file could not be loaded \(npm run warehouse -- status\)$/,
    );
    const starts = asked.filter(({ action }) => action === 'StartExecution');
    expect(starts.map(({ input }) => input['stateMachineArn'])).toEqual([machine('load'), machine('load')]);
  });

  it('load ends when a run makes the files no fewer, and fails with the reason of a run that fails', async () => {
    const actions = { ListExecutions: () => ({ executions: [] }), StartExecution: () => ({ executionArn: 'own' }) };
    const { printed } = await warehouse('load', { ...queues([3, 3]), ...actions, DescribeExecution: () => ended });
    expect(printed).toContain('3 files still wait');
    const failed = { status: 'FAILED', error: 'Error', cause: 'the warehouse is paused' };
    await expect(warehouse('load', { ...queues([3]), ...actions, DescribeExecution: () => failed })).rejects.toThrow(
      'the load failed (FAILED): Error: the warehouse is paused',
    );
  });

  it('setup starts it over the signed API and waits for its end', async () => {
    const setup = { SetupId: 'setup-1', Statements: 12 };
    const answers = [
      { ...setup, Status: 'RUNNING', StatementsDone: 0 },
      { ...setup, Status: 'RUNNING', StatementsDone: 7 },
      { ...setup, Status: 'SUCCEEDED', StatementsDone: 12 },
    ];
    const { printed, asked } = await warehouse('setup', { '/live/redshift/setup': () => answers.shift()! });
    expect(printed.split('\n')).toEqual(['7 of 12 parts are done', 'the warehouse is set up: all 12 parts are there']);
    expect(asked.map(({ input }) => input)).toEqual([{}, { SetupId: 'setup-1' }, { SetupId: 'setup-1' }]);
    const failed = { ...setup, Status: 'FAILED', StatementsDone: 3, Error: 'no such role' };
    await expect(warehouse('setup', { '/live/redshift/setup': () => failed })).rejects.toThrow('no such role');
  });

  it('status says what waits, what could not be loaded and why, and when the last load was', async () => {
    const { printed } = await warehouse('status', {
      ...queues([4], 1),
      ReceiveMessage: ({ VisibilityTimeout }) => {
        expect(VisibilityTimeout).toBe(0);
        const Body = '{"file":"raw_events/ingest_date=2026-01-01/bad.parquet","error":"no Parquet"}';
        const MD5OfBody = createHash('md5').update(Body).digest('hex');
        const Attributes = { SentTimestamp: '1000' };
        return { Messages: [{ MessageId: 'm', ReceiptHandle: 'r', Body, MD5OfBody, Attributes }] };
      },
      ListExecutions: ({ stateMachineArn }) => ({
        executions: stateMachineArn === machine('load') ? [{ ...ended, executionArn: 'e', output: undefined }] : [],
      }),
      DescribeExecution: () => ended,
    });
    expect(printed.split('\n')).toEqual([
      'files         4 wait, 0 are being loaded',
      'dead letters  1',
      '  1970-01-01T00:00:01.000Z raw_events/ingest_date=2026-01-01/bad.parquet: no Parquet',
      'load          none is running',
      'last load     SUCCEEDED 1970-01-01T00:16:40.000Z, 4.5 s',
      'last setup    none yet',
    ]);
  });

  it('says so where there is no warehouse', async () => {
    await expect(warehouse('status', {}, { redshiftWorkgroup: null })).rejects.toThrow(/DATA_STACK: REDSHIFT/);
  });
});
