import { Readable } from 'node:stream';
import type { AwsProtocol } from '../../local/aws-api/protocol.ts';
import { AwsError } from '../../local/runtime.ts';

export interface ProtocolCaller {
  /** Answers the output; throws AwsError. */
  call(action: string, input?: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /** What the caller was asked to be allowed, newest last: `action resource`. */
  readonly authorized: string[];
  /** Actions that are refused. */
  readonly denied: Set<string>;
}

/** Calls a JSON protocol as a signed request would, without HTTP. */
export function protocolCaller(protocol: AwsProtocol): ProtocolCaller {
  const authorized: string[] = [];
  const denied = new Set<string>();
  return {
    authorized,
    denied,
    async call(action, input = {}) {
      const response = await protocol.handle({
        method: 'POST',
        path: '/',
        query: new URLSearchParams(),
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: Buffer.from(JSON.stringify(input)),
        stream: Readable.from([]),
        target: action,
        principal: { kind: 'admin', arn: 'arn:aws:iam::000000000000:user/admin' },
        requestId: 'request',
        authorize(name, resource) {
          authorized.push(`${name} ${resource}`);
          if (denied.has(name)) throw new AwsError('AccessDeniedException', name);
        },
      });
      return JSON.parse(String(response.body));
    },
  };
}
