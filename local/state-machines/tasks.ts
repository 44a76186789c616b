import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { callByRole } from '../aws-api/call-by-role.ts';
import type { AwsApi } from '../aws-api/server.ts';
import { actorOf } from '../policy/actor.ts';
import type { Judge } from '../policy/actor.ts';
import { AwsError } from '../runtime.ts';
import type { EventBus, Functions } from '../runtime.ts';
import { StateError } from './state-error.ts';

export interface TaskBackends {
  readonly functions: Pick<Functions, 'invoke' | 'has'>;
  readonly credentials: Judge;
  readonly awsApi: Pick<AwsApi, 'call'>;
  readonly events: Pick<EventBus, 'publish'>;
}

/** What a Task state's resource does, in the name of the machine's role. */
export interface Tasks {
  /** Throws on resources that have no stand-in. */
  check(resource: string): void;
  /** Throws StateError as Step Functions names what went wrong. */
  perform(resource: string, parameters: unknown, roleArn: string): Promise<unknown>;
}

/** An AWS service that tasks reach through its JSON protocol. */
interface JsonService {
  /** In the scope of a signature. */
  readonly scope: string;
  /** Before the names of its errors. */
  readonly name: string;
  /** Members are `likeThis` on the wire; in a state machine always `LikeThis`. */
  readonly camelCase?: boolean;
}

const SERVICES: Readonly<Record<string, JsonService>> = {
  athena: { scope: 'athena', name: 'Athena' },
  dynamodb: { scope: 'dynamodb', name: 'DynamoDb' },
  firehose: { scope: 'firehose', name: 'Firehose' },
  glue: { scope: 'glue', name: 'Glue' },
  kinesis: { scope: 'kinesis', name: 'Kinesis' },
  kms: { scope: 'kms', name: 'Kms' },
  redshiftdata: { scope: 'redshift-data', name: 'RedshiftData' },
  redshiftserverless: { scope: 'redshift-serverless', name: 'RedshiftServerless', camelCase: true },
  secretsmanager: { scope: 'secretsmanager', name: 'SecretsManager' },
  sfn: { scope: 'states', name: 'Sfn', camelCase: true },
  sqs: { scope: 'sqs', name: 'Sqs' },
};

const STATES = { service: 'states.amazonaws.com' } as const;

/** Milliseconds between two looks at an execution that a task waits for. */
const LOOK_EVERY = 100;

type Parameters = Readonly<Record<string, unknown>>;
type Task = (parameters: Parameters, roleArn: string) => Promise<unknown>;

export function createTasks({ functions, credentials, awsApi, events }: TaskBackends): Tasks {
  async function invoke(functionArn: string, payload: unknown, roleArn: string): Promise<unknown> {
    const arn = functionArn.replace(/:\$LATEST$/, '');
    const refusal = actorOf(credentials, roleArn, STATES).refusal('lambda:InvokeFunction', arn);
    if (refusal !== undefined) throw new StateError('Lambda.AWSLambdaException', refusal);
    if (!functions.has(arn)) throw new StateError('Lambda.ResourceNotFoundException', `Function not found: ${arn}`);
    const result = await functions.invoke(arn, payload);
    if (result.ok) return result.payload;
    const { errorType, errorMessage } = result;
    throw new StateError(errorType, JSON.stringify({ errorType, errorMessage }));
  }

  async function callService(
    { scope, name, camelCase }: JsonService,
    action: string,
    parameters: unknown,
    roleArn: string,
  ) {
    const input = camelCase ? renamed(parameters, lowerFirst) : parameters;
    try {
      const answer = await callByRole(awsApi, {
        roleArn,
        through: STATES,
        service: scope,
        action: upperFirst(action),
        input,
      });
      return withTimes(camelCase ? renamed(answer, upperFirst) : answer);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code, message, status } = error;
      const cause = `${message} (Service: ${name}, Status Code: ${status})`;
      throw new StateError(`${name}.${code.endsWith('Exception') ? code : `${code}Exception`}`, cause);
    }
  }

  async function startAndWait(parameters: Parameters, roleArn: string, asText: boolean): Promise<unknown> {
    const { ExecutionArn: executionArn } = (await startExecution(parameters, roleArn)) as { ExecutionArn: string };
    const sfn = SERVICES.sfn!;
    for (;;) {
      const run = (await callService(sfn, 'describeExecution', { ExecutionArn: executionArn }, roleArn)) as Parameters;
      if (run.Status === 'RUNNING') await sleep(LOOK_EVERY);
      else if (run.Status !== 'SUCCEEDED') throw new StateError('States.TaskFailed', JSON.stringify(run));
      else return asText ? run : { ...run, Output: JSON.parse(String(run.Output)) as unknown };
    }
  }

  async function startExecution({ StateMachineArn, Input = {}, Name }: Parameters, roleArn: string): Promise<unknown> {
    const input = typeof Input === 'string' ? Input : JSON.stringify(Input);
    const started = { StateMachineArn, Input: input, Name: Name ?? randomUUID() };
    return callService(SERVICES.sfn!, 'startExecution', started, roleArn);
  }

  const optimized: Readonly<Record<string, Task>> = {
    'lambda:invoke': async ({ FunctionName, Payload = {}, InvocationType = 'RequestResponse', ...rest }, roleArn) => {
      const strange = Object.keys(rest).filter((name) => name !== 'Qualifier' && name !== 'ClientContext');
      if (InvocationType !== 'RequestResponse' || strange.length > 0) {
        throw new StateError(
          'States.Runtime',
          `an invocation with ${[InvocationType, ...strange].join(', ')} has no stand-in`,
        );
      }
      const answer = await invoke(String(FunctionName), Payload, roleArn);
      return { ExecutedVersion: '$LATEST', Payload: answer, StatusCode: 200 };
    },
    'sqs:sendMessage': ({ MessageBody, ...rest }, roleArn) => {
      const body = typeof MessageBody === 'string' ? MessageBody : JSON.stringify(MessageBody);
      return callService(SERVICES.sqs!, 'sendMessage', { ...rest, MessageBody: body }, roleArn);
    },
    'sns:publish': async ({ TopicArn, Message }, roleArn) => {
      const topic = String(TopicArn);
      const refusal = actorOf(credentials, roleArn, STATES).refusal('sns:Publish', topic);
      if (refusal !== undefined) throw new StateError('SNS.AuthorizationErrorException', refusal);
      events.publish(topic, typeof Message === 'string' ? Message : JSON.stringify(Message));
      return { MessageId: randomUUID() };
    },
    'states:startExecution': startExecution,
    'states:startExecution.sync': (parameters, roleArn) => startAndWait(parameters, roleArn, true),
    'states:startExecution.sync:2': (parameters, roleArn) => startAndWait(parameters, roleArn, false),
  };

  function taskOf(resource: string): Task {
    if (/^arn:[^:]+:lambda:/.test(resource)) return (parameters, roleArn) => invoke(resource, parameters, roleArn);
    const [, integration = ''] = /^arn:[^:]+:states:[^:]*:[^:]*:(.+)$/.exec(resource) ?? [];
    const known = Object.hasOwn(optimized, integration) ? optimized[integration] : undefined;
    if (known) return known;
    const [, service = '', action = ''] = /^aws-sdk:(\w+):(\w+)$/.exec(integration) ?? [];
    const json = Object.hasOwn(SERVICES, service) ? SERVICES[service] : undefined;
    if (json) return (parameters, roleArn) => callService(json, action, parameters, roleArn);
    throw new Error(`the resource ${resource} has no stand-in`);
  }

  return {
    check: (resource) => void taskOf(resource),
    perform: (resource, parameters, roleArn) => taskOf(resource)(parameters as Parameters, roleArn),
  };
}

function lowerFirst(name: string): string {
  return `${name[0]?.toLowerCase() ?? ''}${name.slice(1)}`;
}

function upperFirst(name: string): string {
  return `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;
}

function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [rename(name), renamed(inner, rename)]));
}

/** Times are numbers on the wire, in seconds, and texts in a state machine. */
function withTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTimes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => {
      const isTime = typeof inner === 'number' && /(Date|Time|At|Timestamp)$/.test(name);
      return [name, isTime ? new Date(inner * 1000).toISOString() : withTimes(inner)];
    }),
  );
}
