import { createHash } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { InternalCall } from '../../../local/aws-api/server.ts';
import type { AwsResponse } from '../../../local/aws-api/protocol.ts';
import { createGateway } from '../../../local/gateway.ts';
import type { GatewayRequest, GatewayResponse } from '../../../local/gateway/gateway-request.ts';
import type {
  AccessKey,
  Functions,
  InvokeResult,
  PolicyStatement,
  Principal,
  StageSettings,
} from '../../../local/runtime.ts';
import { isAllowedBy } from '../../../local/policy.ts';
import type { LocalUsagePlans } from '../../../local/usage-plans.ts';

export const region = 'us-east-1';
export const accountId = '000000000000';
export const apiArn = `arn:aws:execute-api:${region}:${accountId}:api1`;
export const admin: AccessKey = { accessKeyId: 'AKIAADMIN', secretAccessKey: 'admin-secret' };
export const player: AccessKey = { accessKeyId: 'AKIAPLAYER', secretAccessKey: 'player-secret' };
export const playerRole = `arn:aws:iam::${accountId}:role/player`;

export const functionArn = (name: string): string => `arn:aws:lambda:${region}:${accountId}:function:${name}`;
export const invocationUri = (name: string): string =>
  `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn(name)}/invocations`;

export interface Setup {
  readonly document: Readonly<Record<string, unknown>>;
  readonly stage?: Partial<StageSettings>;
  /** Functions by name; what they throw is their error. Each is permitted to the gateway unless `permitted` says else. */
  readonly functions?: Readonly<Record<string, (payload: unknown) => unknown>>;
  readonly permitted?: (functionArn: string, sourceArn: string) => boolean;
  /** Answers of AWS services. */
  readonly service?: (call: InternalCall) => AwsResponse | Promise<AwsResponse>;
  readonly playerPolicy?: readonly PolicyStatement[];
  /** What is to become of requests that count for an API key. */
  readonly admit?: LocalUsagePlans['admit'];
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** One REST API on fakes, its clock in the test's hands. */
export function aGateway(setup: Setup) {
  const clock = { now: Date.parse('2026-11-21T09:30:00Z') };
  const calls: InternalCall[] = [];
  const invocations: { name: string; payload: unknown }[] = [];
  const logged: string[] = [];
  const log = (message: string, fields?: unknown): void => void logged.push(`${message} ${JSON.stringify(fields)}`);

  const gateway = createGateway({
    region,
    accountId,
    clock: () => clock.now,
    log: { info: log, warn: log, error: log, functionOutput: () => undefined },
    metrics: { put: () => undefined, sampleEachMinute: () => undefined },
    logFilters: { define: () => undefined, has: () => false, write: () => undefined },
    usagePlans: { admit: setup.admit ?? (() => 'unknown key') },
    functions: fakeFunctions(setup, invocations),
    credentials: fakeCredentials(setup.playerPolicy ?? []),
    awsApi: {
      async call(call) {
        calls.push(call);
        return (await setup.service?.(call)) ?? { status: 200, body: '{}' };
      },
    },
  });
  gateway.defineApi('api1', setup.document);
  gateway.defineStage('api1', { name: 'live', variables: {}, methodSettings: [], ...setup.stage });

  const send = async (path: string, { method = 'GET', headers = {}, body = '' }: Sent = {}) => {
    const [rawPath = '', rawQuery = ''] = path.split('?');
    const request: GatewayRequest = {
      method,
      path: rawPath,
      rawQuery,
      rawHeaders: Object.entries(headers).flat(),
      body: Buffer.from(body),
      sourceIp: '127.0.0.1',
    };
    return readable(await gateway.handle(request));
  };

  return {
    gateway,
    clock,
    calls,
    invocations,
    logged,
    send,
    sendSigned: async (path: string, key: AccessKey, { method = 'GET', headers = {}, body = '' }: Sent = {}) =>
      send(path, { method, body, headers: await sign(path, key, clock.now, { method, headers, body }) }),
  };
}

function readable({ status, headers, body }: GatewayResponse) {
  const text = body.toString();
  return { status, headers, text, bytes: Buffer.from(body), json: parseOr(text) };
}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Signs as an SDK does. */
export async function sign(
  path: string,
  key: AccessKey,
  time: number,
  { method = 'GET', headers = {}, body = '' }: Sent,
  service = 'execute-api',
): Promise<Record<string, string>> {
  const [rawPath = '', rawQuery = ''] = path.split('?');
  const signer = new SignatureV4({ service, region, credentials: key, sha256: Sha256 });
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: rawPath,
      query: Object.fromEntries(new URLSearchParams(rawQuery)),
      headers: {
        host: '127.0.0.1:8080',
        'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
        ...headers,
      },
      body,
    },
    { signingDate: new Date(time) },
  );
  return signed.headers;
}

const named = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

function fakeFunctions(setup: Setup, invocations: { name: string; payload: unknown }[]): Functions {
  return {
    register: () => undefined,
    async invoke(arn, payload): Promise<InvokeResult> {
      invocations.push({ name: named(arn), payload });
      try {
        return { ok: true, payload: await setup.functions?.[named(arn)]?.(payload) };
      } catch (error) {
        const { name, message } = error as Error;
        return { ok: false, reason: 'Unhandled', errorType: name, errorMessage: message };
      }
    },
    has: (arn) => setup.functions?.[named(arn)] !== undefined,
    roleOf: () => undefined,
    isPermitted: (arn, _principal, sourceArn) => setup.permitted?.(arn, sourceArn) ?? true,
    stop: async () => undefined,
  };
}

export function fakeCredentials(playerPolicy: readonly PolicyStatement[]) {
  return {
    admin,
    forRole: () => player,
    find: (accessKeyId: string) => {
      if (accessKeyId === admin.accessKeyId) {
        const principal = { kind: 'admin', arn: `arn:aws:iam::${accountId}:user/admin` } as const;
        return { secretAccessKey: admin.secretAccessKey, principal };
      }
      const principal = { kind: 'role', arn: playerRole } as const;
      return accessKeyId === player.accessKeyId ? { secretAccessKey: player.secretAccessKey, principal } : undefined;
    },
    defineRole: () => undefined,
    defineTrust: () => undefined,
    definePolicy: () => undefined,
    refuseToAssume: () => undefined,
    explain: ({ arn }: Principal, action: string, resourceArn: string) =>
      `User: ${arn} is not authorized to perform: ${action} on resource: ${resourceArn}`,
    isAllowed: (principal: { kind: string }, action: string, resourceArn: string) =>
      principal.kind === 'admin' || isAllowedBy(playerPolicy, action, resourceArn),
  };
}
