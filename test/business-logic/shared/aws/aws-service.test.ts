import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '../../../../business-logic/shared/aws/aws-error.ts';
import { awsService, type ServiceOptions } from '../../../../business-logic/shared/aws/aws-service.ts';
import { findEndpoint } from '../../../../business-logic/shared/aws/find-endpoint.ts';

type Respond = (response: ServerResponse, call: number) => unknown;

const received: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
const connections = new Set<unknown>();
let respond: Respond;
const server = createServer((request, response) => {
  void take(request, response);
});
async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  received.push({ headers: request.headers, body: await text(request) });
  respond(response, received.length);
}
server.on('connection', (socket) => connections.add(socket));
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received.length = 0;
});

const keys = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
const definition = {
  name: 'secretsmanager',
  variable: 'SECRETS_MANAGER',
  target: 'secretsmanager',
  version: '1.1',
} as const;

/** A client of the server above, and how long it waited between its tries. */
function aService(options: ServiceOptions = {}) {
  const waits: number[] = [];
  const wait = async (milliseconds: number) => void waits.push(milliseconds);
  const env = { ...keys, AWS_ENDPOINT_URL: endpoint };
  return { waits, call: awsService(definition, { env, wait, ...options }) };
}

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Respond =>
  (response) =>
    response.writeHead(status, headers).end(JSON.stringify(body));
const ok = answer(200, { Name: 'x' });

describe('a call', () => {
  it('names its operation, is signed with the session’s token, and answers what the service says', async () => {
    respond = ok;
    const env = { ...keys, AWS_SESSION_TOKEN: 'token', AWS_ENDPOINT_URL: endpoint };
    expect(await aService({ env }).call('GetSecretValue', { SecretId: 'ä' })).toEqual({ Name: 'x' });
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(JSON.parse(body)).toEqual({ SecretId: 'ä' });
    expect(headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
      'x-amz-security-token': 'token',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/eu-central-1\/secretsmanager\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
      ),
    });
  });

  it('keeps its connection for the next one', async () => {
    respond = ok;
    const { call } = aService();
    await call('GetSecretValue', {});
    const before = connections.size;
    for (let calls = 0; calls < 3; calls += 1) await call('GetSecretValue', {});
    expect(connections.size).toBe(before);
  });

  it.each([
    ['a server’s error', answer(503, {})],
    ['too much at once', answer(400, { __type: 'com.amazonaws.secrets#ThrottlingException' })],
    ['a connection that breaks', (response: ServerResponse) => response.destroy()],
  ])('is sent again after %s', async (_, fail) => {
    respond = (response, call) => (call < 3 ? fail(response, call) : ok(response, call));
    const { call, waits } = aService();
    expect(await call('GetSecretValue', {})).toEqual({ Name: 'x' });
    expect(received).toHaveLength(3);
    expect(waits).toHaveLength(2);
    for (const [at, milliseconds] of waits.entries()) expect(milliseconds).toBeLessThanOrEqual(500 * 2 ** at);
  });

  it('is given up after three tries, with what the service said last', async () => {
    respond = answer(
      500,
      { message: 'not today' },
      { 'x-amzn-errortype': 'InternalServerError', 'x-amzn-requestid': '7' },
    );
    const error = await aService()
      .call('GetSecretValue', {})
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AwsError);
    expect(error).toMatchObject({ name: 'InternalServerError', message: 'not today', status: 500, requestId: '7' });
    expect(received).toHaveLength(3);
  });

  it('is not sent again when it was refused; the error has the service’s name and all that it told', async () => {
    respond = answer(400, {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      Message: 'no',
      Reasons: [1],
    });
    await expect(aService().call('GetSecretValue', {})).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message: 'no',
      details: { Reasons: [1] },
    });
    expect(received).toHaveLength(1);
  });

  it('fails with the status where something else answers in the service’s place', async () => {
    respond = (response) => response.writeHead(403).end('<html>');
    await expect(aService().call('GetSecretValue', {})).rejects.toMatchObject({ name: 'Http403', status: 403 });
  });

  it('does not wait for an answer that does not come', async () => {
    respond = () => undefined;
    const { call } = aService({ patience: { connectMilliseconds: 1_000, answerMilliseconds: 20 } });
    await expect(call('GetSecretValue', {})).rejects.toThrow('no answer in 20 ms');
    expect(received).toHaveLength(3);
  });

  it('ends with its caller’s patience, and is not tried again then', async () => {
    const caller = new AbortController();
    respond = () => caller.abort();
    await expect(aService().call('GetSecretValue', {}, { signal: caller.signal })).rejects.toThrow(/abort/i);
    expect(received).toHaveLength(1);
  });

  it('needs the variables that Lambda sets', async () => {
    const { call } = aService({ env: { ...keys, AWS_REGION: '' } });
    await expect(call('GetSecretValue', {})).rejects.toThrow('AWS_REGION is not set; Lambda sets it');
  });
});

const find = (env: Record<string, string>, region = 'eu-central-1') =>
  findEndpoint(env, 'secretsmanager', 'SECRETS_MANAGER', region).href;

describe('the endpoint', () => {
  it('is the region’s, unless one is given for all services or for this one', () => {
    const all = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    expect(find({})).toBe('https://secretsmanager.eu-central-1.amazonaws.com/');
    expect(find({}, 'cn-north-1')).toBe('https://secretsmanager.cn-north-1.amazonaws.com.cn/');
    expect(find(all)).toBe('http://127.0.0.1:1/');
    expect(find({ ...all, AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:2' })).toBe('http://127.0.0.1:2/');
    expect(find({ ...all, AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:2' })).toBe('http://127.0.0.1:1/');
  });
});
