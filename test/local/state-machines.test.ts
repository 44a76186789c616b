import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { stepFunctionsProtocol } from '../../local/aws-api/step-functions.ts';
import type { AwsProtocol } from '../../local/aws-api/protocol.ts';
import type { InternalCall } from '../../local/aws-api/server.ts';
import type { InvokeResult } from '../../local/runtime.ts';
import { createStateMachines } from '../../local/state-machines.ts';
import type { LocalStateMachines } from '../../local/state-machines.ts';
import { aLog } from '../support/a-log.ts';
import { anAwsEndpoint, type AwsEndpoint } from '../support/an-aws-endpoint.ts';
import { removeFolder, temporaryFolder } from '../support/temporary-folder.ts';

const RoleArn = 'arn:aws:iam::000000000000:role/machine';
const load = 'arn:aws:lambda:eu-central-1:000000000000:function:load';
const forbidden = `${load}-other`;
const invokeTask = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' };
const onError = (next: string) => [{ ErrorEquals: ['States.ALL'], Next: next, ResultPath: '$.error' }];

let dataDir: string;
let machines: LocalStateMachines;
let endpoint: AwsEndpoint;
let sfn: SFNClient;
let skipped = 0;
let answer: (payload: unknown) => Promise<InvokeResult>;
let calls: InternalCall[];
let answerOfAws: { readonly status: number; readonly body: string };

function makeMachines(): Promise<LocalStateMachines> {
  return createStateMachines({
    dataDir,
    region: 'eu-central-1',
    accountId: '000000000000',
    clock: () => Date.now() + skipped,
    log: aLog(),
    graceMillis: 1,
    assetPath: () => undefined,
    functions: { has: (arn) => arn === load, invoke: (_, payload) => answer(payload) },
    credentials: {
      isAllowed: (principal, action, arn) => principal.arn === RoleArn && action !== '' && arn !== forbidden,
      explain: (_, action, arn) => `not authorized to perform: ${action} on resource: ${arn}`,
    },
    awsApi: {
      call: async (call) => {
        calls.push(call);
        return answerOfAws;
      },
    },
    events: { publish: () => undefined },
  });
}

function define(States: Readonly<Record<string, unknown>>, on = machines): string {
  const DefinitionString = JSON.stringify({ StartAt: Object.keys(States)[0], States });
  return on.define('load', { DefinitionString, RoleArn });
}

async function outcomeOf(executionArn: string | undefined) {
  const ask = () => sfn.send(new DescribeExecutionCommand({ executionArn }));
  await expect.poll(async () => (await ask()).status).not.toBe('RUNNING');
  const { status, output, error, cause } = await ask();
  return {
    status,
    ...(output !== undefined && { output: JSON.parse(output) as unknown }),
    ...(error !== undefined && { error, cause }),
  };
}

async function run(States: Readonly<Record<string, unknown>>, input: unknown = {}) {
  return outcomeOf(await machines.start(define(States), JSON.stringify(input)));
}

beforeAll(async () => {
  dataDir = await temporaryFolder('state-machines');
  // The protocol of whichever machines are open.
  const protocol: AwsProtocol = {
    service: 'states',
    handle: (request) => stepFunctionsProtocol(machines).handle(request),
  };
  endpoint = await anAwsEndpoint(protocol);
  sfn = new SFNClient(endpoint.clientConfig);
});
beforeEach(async () => {
  answer = async (payload) => ({ ok: true, payload });
  calls = [];
  answerOfAws = { status: 200, body: '{}' };
  machines = await makeMachines();
});
afterEach(async () => {
  await machines.reset();
  await machines.stop();
});
afterAll(async () => {
  sfn.destroy();
  await endpoint.close();
  await removeFolder(dataDir);
});

describe('a state machine', () => {
  it('passes data from state to state as JSONPath says', async () => {
    const outcome = await run(
      {
        Ask: {
          ...invokeTask,
          Parameters: {
            FunctionName: load,
            Payload: {
              'files.$': '$.files[*].key',
              'run.$': '$$.Execution.Name',
              'text.$': "States.Format('{} of \\{{}\\}', $.count, 'all')",
            },
          },
          ResultSelector: { 'files.$': '$.Payload.files', 'text.$': '$.Payload.text' },
          ResultPath: '$.asked.result',
          Next: 'Choose',
        },
        Choose: {
          Type: 'Choice',
          Choices: [
            { Variable: '$.missing', IsPresent: true, Next: 'Wrong' },
            {
              And: [
                { Variable: '$.count', NumericGreaterThan: 1 },
                { Not: { Variable: '$.asked.result.text', StringMatches: 'no*' } },
              ],
              Next: 'Each',
            },
          ],
          Default: 'Wrong',
        },
        Wrong: { Type: 'Fail', Error: 'Wrong', Cause: 'turn' },
        Each: {
          Type: 'Map',
          ItemsPath: '$.asked.result.files',
          ItemSelector: { 'file.$': '$$.Map.Item.Value', 'at.$': 'States.MathAdd($$.Map.Item.Index, 1)' },
          ItemProcessor: {
            StartAt: 'One',
            States: { One: { Type: 'Pass', Result: { seen: true }, ResultPath: '$.more', End: true } },
          },
          MaxConcurrency: 2,
          OutputPath: '$[1]',
          End: true,
        },
      },
      { count: 2, files: [{ key: 'a' }, { key: 'b' }] },
    );
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: { file: 'b', at: 2, more: { seen: true } } });
  });

  it('tries a task again, and goes on elsewhere when it has failed for good', async () => {
    const answers: InvokeResult[] = [
      { ok: false, reason: 'Unhandled', errorType: 'Busy', errorMessage: 'later' },
      { ok: false, reason: 'Unhandled', errorType: 'Broken', errorMessage: 'never' },
    ];
    answer = async () => answers.shift()!;
    const Retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 0.01, MaxAttempts: 2 }];
    const outcome = await run({
      Load: { ...invokeTask, Parameters: { FunctionName: load }, Retry, Catch: onError('Tell'), End: true },
      Tell: {
        Type: 'Pass',
        Parameters: { 'why.$': '$.error.Error', 'cause.$': 'States.StringToJson($.error.Cause)' },
        End: true,
      },
    });
    expect(outcome).toEqual({
      status: 'SUCCEEDED',
      output: { why: 'Broken', cause: { errorType: 'Broken', errorMessage: 'never' } },
    });
    expect(answers).toEqual([]);
    const [{ arn = '' } = {}] = machines.executions(define({ Any: { Type: 'Succeed' } }));
    const failures = (await machines.history(arn)).filter(({ type }) => type === 'TaskFailed');
    expect(failures).toMatchObject([
      { taskFailedEventDetails: { resourceType: 'lambda', resource: 'invoke', error: 'Busy' } },
      { taskFailedEventDetails: { error: 'Broken' } },
    ]);
  });

  it.each([
    ['a function that its role may not invoke', { FunctionName: forbidden }, 'Lambda.AWSLambdaException'],
    ['a path that finds nothing', { FunctionName: load, 'Payload.$': '$.nothing' }, 'States.Runtime'],
    ['more data than a state takes', { FunctionName: load, Payload: 'x'.repeat(262_144) }, 'States.DataLimitExceeded'],
  ])('fails by %s, which nothing catches that catches all but these', async (_, Parameters, error) => {
    const Catch = error.startsWith('States') ? onError('Caught') : [];
    const outcome = await run({ Load: { ...invokeTask, Parameters, Catch, End: true }, Caught: { Type: 'Succeed' } });
    expect(outcome).toMatchObject({ status: 'FAILED', error });
  });

  it("calls AWS in its role's name, members named as in every other integration", async () => {
    answerOfAws = { status: 200, body: JSON.stringify({ executions: [{ executionArn: 'x', startDate: 1 }] }) };
    const outcome = await run({
      List: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:sfn:listExecutions',
        Parameters: { 'StateMachineArn.$': '$$.StateMachine.Id', StatusFilter: 'RUNNING' },
        End: true,
      },
    });
    expect(outcome.output).toEqual({ Executions: [{ ExecutionArn: 'x', StartDate: '1970-01-01T00:00:01.000Z' }] });
    expect(calls).toMatchObject([{ service: 'states', principal: { kind: 'role', arn: RoleArn } }]);
    expect(JSON.parse(String(calls[0]?.body))).toMatchObject({ statusFilter: 'RUNNING' });

    answerOfAws = { status: 400, body: JSON.stringify({ __type: 'x#QueueDoesNotExist', message: 'none' }) };
    const Send = {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Parameters: { QueueUrl: 'q', MessageBody: { a: 1 } },
      End: true,
    };
    expect(await run({ Send })).toMatchObject({ status: 'FAILED', error: 'Sqs.QueueDoesNotExistException' });
    expect(JSON.parse(String(calls[1]?.body))).toEqual({ QueueUrl: 'q', MessageBody: '{"a":1}' });
  });

  it('gives up a task that takes too long', async () => {
    answer = () => new Promise(() => undefined);
    const task = { ...invokeTask, Parameters: { FunctionName: load }, TimeoutSeconds: 0.02, End: true };
    expect(await run({ Load: task })).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('is started under a name, shown, and stopped', async () => {
    const stateMachineArn = define({ Rest: { Type: 'Wait', Seconds: 3600, End: true } });
    const start = { stateMachineArn, name: 'tonight', input: '{"a":1}' };
    const { executionArn } = await sfn.send(new StartExecutionCommand(start));
    expect((await sfn.send(new StartExecutionCommand(start))).executionArn).toBe(executionArn);
    const other = sfn.send(new StartExecutionCommand({ ...start, input: '{}' }));
    await expect(other).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });

    const running = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }));
    expect(running.executions).toMatchObject([{ executionArn, name: 'tonight', status: 'RUNNING' }]);
    await sfn.send(new StopExecutionCommand({ executionArn, error: 'Enough' }));
    expect(await outcomeOf(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Enough' });
    const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
    expect(events?.map(({ type }) => type)).toEqual(['ExecutionStarted', 'WaitStateEntered', 'ExecutionAborted']);
    await expect(sfn.send(new DescribeExecutionCommand({ executionArn: `${executionArn}2` }))).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
  });

  it('goes on from the disk when its process was killed; a task of which nobody knows how it ended has failed', async () => {
    const asked: unknown[] = [];
    answer = (payload) => {
      asked.push(payload);
      return payload === 'second' ? new Promise(() => undefined) : Promise.resolve({ ok: true, payload });
    };
    const states = {
      First: { ...invokeTask, Parameters: { FunctionName: load, Payload: 'first' }, Next: 'Rest' },
      Rest: { Type: 'Wait', Seconds: 60, Next: 'Second' },
      Second: {
        ...invokeTask,
        Parameters: { FunctionName: load, Payload: 'second' },
        Catch: onError('Caught'),
        End: true,
      },
      Caught: { Type: 'Pass', Parameters: { 'error.$': '$.error.Error' }, End: true },
    };
    const arn = await machines.start(define(states), '{}');
    await vi.waitFor(async () => expect((await machines.history(arn)).at(-1)?.type).toBe('WaitStateEntered'));
    await machines.stop();

    skipped = 61_000;
    machines = await makeMachines();
    define(states);
    await machines.recover();
    await vi.waitFor(() => expect(asked).toEqual(['first', 'second']));
    await machines.stop();

    machines = await makeMachines();
    define(states);
    await machines.recover();
    expect(await outcomeOf(arn)).toEqual({ status: 'SUCCEEDED', output: { error: 'Lambda.Unknown' } });
    expect(asked).toEqual(['first', 'second']);
  });

  it('aborts what an earlier process left running of a machine that has left the template', async () => {
    const arn = await machines.start(define({ Rest: { Type: 'Wait', Seconds: 3600, End: true } }), '{}');
    await machines.stop();
    machines = await makeMachines();
    await machines.recover();
    await machines.abandonOthers();
    expect(await outcomeOf(arn)).toMatchObject({ status: 'ABORTED' });
  });

  it.each([
    [{ Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob', End: true }, 'batch:submitJob has no stand-in'],
    [{ Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', End: true }, 'has no stand-in'],
    [{ Type: 'Pass', Assign: {}, End: true }, 'Assign of a Pass state has no stand-in'],
    [{ Type: 'Pass', QueryLanguage: 'JSONata', End: true }, 'JSONata'],
    [{ Type: 'Pass', InputPath: '$..a', End: true }, 'the path $..a has no stand-in'],
    [{ Type: 'Pass', Parameters: { 'a.$': 'States.Sum(1)' }, End: true }, 'States.Sum has no stand-in'],
    [{ Type: 'Pass', Next: 'Nowhere' }, '"Nowhere" comes next'],
    [{ Type: 'Pass' }, 'either Next or End'],
  ])('is refused where a state is %j', (state, reason) => {
    expect(() => define({ Only: state })).toThrow(reason);
  });
});
