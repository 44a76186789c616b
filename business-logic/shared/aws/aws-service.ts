import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError } from './aws-error.ts';
import { findEndpoint } from './find-endpoint.ts';
import { isRetryable, isThrottling } from './is-retryable.ts';
import type { Patience, PostAnswer, SendPost } from './post.ts';
import { poster } from './post.ts';
import type { AwsKeys } from './sign-request.ts';
import { signRequest } from './sign-request.ts';

/** A service of one of the AWS JSON protocols: every operation is a POST to `/`, named by a header. */
export interface ServiceDefinition {
  /** Name in host names and in signatures, e.g. `secretsmanager`. */
  readonly name: string;
  /** Name in `AWS_ENDPOINT_URL_…`, e.g. `SECRETS_MANAGER`. */
  readonly variable: string;
  /** What operations are named after in `X-Amz-Target`, e.g. `DynamoDB_20120810`. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
}

/** What may be said of one call. */
export interface CallOptions {
  /** Ends the call, retries included. */
  readonly signal?: AbortSignal;
}

/** Calls an operation. Fails with an `AwsError` that the service answered, or with what kept it from answering. */
export type CallService = (operation: string, input: object, options?: CallOptions) => Promise<unknown>;

export interface ServiceOptions {
  /** Where the region, the keys and the endpoint stand; the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly patience?: Patience;
  /** Waits between two tries. */
  readonly wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>;
}

/** Short timeouts and three tries keep a stalled call from eating the function's time. */
const usualPatience: Patience = { connectMilliseconds: 1_000, answerMilliseconds: 3_000 };
const maxTries = 3;
/** Longest wait before the second try; before the third it is twice as long. */
const firstWaitMilliseconds = 50;
const firstThrottledWaitMilliseconds = 500;

const usualWait = async (milliseconds: number, signal: AbortSignal | undefined): Promise<unknown> =>
  await sleep(milliseconds, undefined, { signal });

/**
 * A client of one service, as small as a cold start wants it: no credentials but those that Lambda puts into the
 * environment, no protocol but JSON. Nothing is read or connected before the first call.
 */
export function awsService(definition: ServiceDefinition, options: ServiceOptions = {}): CallService {
  const { env = process.env, patience = usualPatience, wait = usualWait } = options;
  let ready: Sender | undefined;

  return async (operation, input, { signal } = {}) => {
    const body = JSON.stringify(input);
    ready ??= sender(definition, env, patience);
    for (let tries = 1; ; tries += 1) {
      signal?.throwIfAborted();
      try {
        return outputOf(await ready(operation, body, signal));
      } catch (error) {
        if (tries === maxTries || signal?.aborted || !isRetryable(error)) throw error;
        // Anything up to the longest wait: callers that were refused together do not come back together.
        const longest = isThrottling(error) ? firstThrottledWaitMilliseconds : firstWaitMilliseconds;
        await wait(Math.random() * longest * 2 ** (tries - 1), signal);
      }
    }
  };
}

type Sender = (operation: string, body: string, signal: AbortSignal | undefined) => Promise<PostAnswer>;

/** Signs each try anew: a signature holds for minutes only. */
function sender(definition: ServiceDefinition, env: NodeJS.ProcessEnv, patience: Patience): Sender {
  const { name: service, variable, target, version } = definition;
  const region = required(env, 'AWS_REGION');
  const keys: AwsKeys = {
    accessKeyId: required(env, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: required(env, 'AWS_SECRET_ACCESS_KEY'),
    sessionToken: env['AWS_SESSION_TOKEN'] || undefined,
  };
  const url = findEndpoint(env, service, variable, region);
  const send: SendPost = poster(url, patience);

  return async (operation, body, signal) => {
    const headers = {
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': `${target}.${operation}`,
    };
    const signed = signRequest({ host: url.host, headers, body }, { keys, region, service, now: new Date() });
    return await send({ headers: { ...signed, 'content-length': String(Buffer.byteLength(body)) }, body, signal });
  };
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is not set; Lambda sets it for every function`);
  return value;
}

/** @throws AwsError for an answer that is none of success */
function outputOf({ status, headers, body }: PostAnswer): unknown {
  if (status >= 200 && status < 300) return body === '' ? {} : (JSON.parse(body) as unknown);
  const { __type: type, code, message, Message, ...details } = parsedError(body);
  const named = headers['x-amzn-errortype'] ?? type ?? code;
  const requestId = headers['x-amzn-requestid'];
  throw new AwsError(errorName(named, status), String(message ?? Message ?? `the service answered ${status}`), {
    status,
    requestId: typeof requestId === 'string' ? requestId : undefined,
    details,
  });
}

/** What answers in a service's place, a proxy for one, may say so in any way. */
function parsedError(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** `ThrottlingException` of `com.amazonaws.dynamodb.v20120810#ThrottlingException:http://…`. */
function errorName(named: unknown, status: number): string {
  const [name = ''] = typeof named === 'string' ? named.split(':') : [];
  return name.split('#').at(-1) || `Http${status}`;
}
