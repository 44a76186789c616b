import type { Readable } from 'node:stream';
import { parseAroundBase64 } from '../base64.ts';
import { AwsError } from '../runtime.ts';
import type { HeldText } from './held-text.ts';
import type { ConditionContext, Principal } from '../runtime.ts';

/** A call whose signature has been verified. */
export interface AwsRequest {
  readonly method: string;
  /** As it came: percent-encoding kept, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body; empty where the protocol asks for a stream. */
  readonly body: Buffer;
  /** The body where it is text already; then either this or `body` is read, once. */
  readonly text?: HeldText;
  /**
   * The raw body of a protocol that declares `streams`. A body whose SHA-256 was signed fails at its end with
   * XAmzContentSHA256Mismatch if it differs; `aws-chunked` framing is left in place for the handler to take off.
   */
  readonly stream: Readable;
  /** Last part of X-Amz-Target, e.g. `PutRecord`. */
  readonly target?: string;
  readonly principal: Principal;
  readonly requestId: string;
  /**
   * Throws the AccessDenied error of the protocol unless the caller's policies, and the resource's own, allow the action.
   * `context` holds the condition keys that AWS would pass for this call, e.g. `s3:prefix`.
   */
  authorize(action: string, resourceArn: string, context?: ConditionContext): void;
}

export interface AwsResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string | Readable;
}

/** One AWS service as it is spoken on the wire. Whatever `handle` throws goes out in the shape `errors` names. */
export interface AwsProtocol {
  /** Name in the credential scope of a signature, e.g. `firehose`. */
  readonly service: string;
  /** Shape of an error: JSON (default), S3's XML or the query protocol's XML. */
  readonly errors?: 'json' | 's3' | 'query';
  /** Hands the handler `stream` instead of `body`. */
  readonly streams?: boolean;
  handle(request: AwsRequest): Promise<AwsResponse>;
}

/** Takes the input as parsed JSON and gives back the output; throws AwsError for what AWS refuses. */
export type JsonAction = (input: Readonly<Record<string, unknown>>, request: AwsRequest) => Promise<unknown>;

/** A service of the AWS JSON protocol, 1.0 or 1.1: the action is named by X-Amz-Target. */
export function jsonProtocol(service: string, actions: Readonly<Record<string, JsonAction>>): AwsProtocol {
  return {
    service,
    async handle(request) {
      const name = request.target ?? '';
      const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
      if (!action)
        throw new AwsError('UnknownOperationException', `${service} has no operation ${name || '(none)'} here`);
      const output = await act(action, request);
      return {
        status: 200,
        headers: { 'content-type': request.headers['content-type'] ?? 'application/x-amz-json-1.1' },
        body: JSON.stringify(output ?? {}),
      };
    },
  };
}

/** Not async, as actions need not be: large input is not kept while they wait for the disk. */
function act(action: JsonAction, request: AwsRequest): Promise<unknown> {
  return action(parseInput(request), request);
}

function parseInput(request: AwsRequest): Record<string, unknown> {
  const given = request.text?.take();
  const text = given ?? request.body.toString('utf8');
  if (text === '') return {};
  let input: unknown;
  try {
    input = given === undefined ? JSON.parse(text) : parseAroundBase64(text);
  } catch {
    throw new AwsError('SerializationException', 'the request body is not valid JSON');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AwsError('SerializationException', 'the request body is not a JSON object');
  }
  return input as Record<string, unknown>;
}

/** An error as the protocol says it on the wire. */
export function errorResponse(shape: AwsProtocol['errors'], error: AwsError, request: ErrorContext): AwsResponse {
  const { requestId } = request;
  if (shape === 's3') {
    const body =
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(error.code)}</Code>` +
      `<Message>${escapeXml(error.message)}</Message><Resource>${escapeXml(request.path)}</Resource>` +
      `<RequestId>${requestId}</RequestId></Error>`;
    const headers = { 'content-type': 'application/xml', 'x-amz-request-id': requestId };
    return request.method === 'HEAD' ? { status: error.status, headers } : { status: error.status, headers, body };
  }
  if (shape === 'query') {
    const body =
      `<ErrorResponse><Error><Type>${error.status < 500 ? 'Sender' : 'Receiver'}</Type>` +
      `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error>` +
      `<RequestId>${requestId}</RequestId></ErrorResponse>`;
    return { status: error.status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
  }
  return {
    status: error.status,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': requestId,
      'x-amzn-errortype': error.code,
    },
    body: JSON.stringify({ __type: error.code, message: error.message }),
  };
}

export interface ErrorContext {
  readonly method: string;
  readonly path: string;
  readonly requestId: string;
}

/** Text as XML content or attribute value; characters XML 1.0 cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\u{fffd}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
