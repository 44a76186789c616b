import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { jsonProtocol } from '../../../local/aws-api/protocol.ts';
import { AwsApi } from '../../../local/aws-api/server.ts';
import { stsProtocol } from '../../../local/aws-api/sts.ts';
import { AwsError } from '../../../local/runtime.ts';
import type { AccessKey } from '../../../local/runtime.ts';
import { accountId, admin, fakeCredentials, player, playerRole, region } from '../support/a-gateway.ts';

const clock = { now: Date.now() };
const logged: string[] = [];
const log = (message: string, fields?: unknown): void => void logged.push(`${message} ${JSON.stringify(fields)}`);
const api = new AwsApi({
  region,
  clock: () => clock.now,
  credentials: fakeCredentials([{ Effect: 'Allow', Action: 'firehose:PutRecord', Resource: 'arn:mine' }]),
  log: { info: log, warn: log, error: log, functionOutput: () => undefined },
});

beforeAll(async () => {
  api.add(stsProtocol(accountId));
  api.add(
    jsonProtocol('firehose', {
      PutRecord: async (input, request) => {
        request.authorize('firehose:PutRecord', String(input['arn']));
        return { got: input, by: request.principal.arn };
      },
      Fail: () => Promise.reject(new AwsError('ResourceNotFoundException', 'no stream')),
      Break: () => Promise.reject(new SyntaxError('Unexpected token in "secret-payload"')),
    }),
  );
  api.add({
    service: 's3',
    errors: 's3',
    streams: true,
    async handle({ stream, path, query }) {
      const body = Buffer.concat((await stream.toArray()) as Buffer[]);
      return { status: 200, body: `${path}?${query.toString()} ${body.length}` };
    },
  });
  await new Promise<void>((done) => api.server.listen(0, '127.0.0.1', done));
});
afterAll(() => new Promise((done) => api.server.close(done)));

interface Call {
  readonly service?: string;
  readonly key?: AccessKey;
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  /** Writes spaces of the query as `+`, as the SDK for Java 1 does. */
  readonly spacesAsPlus?: boolean;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  /** Changes the request after it was signed. */
  readonly change?: (sent: { headers: Record<string, string>; body: string | Buffer }) => void;
}

async function call({
  service = 'firehose',
  key = admin,
  method = 'POST',
  path = '/',
  query = {},
  spacesAsPlus = false,
  headers = {},
  body = '',
  change,
}: Call) {
  const { port } = api.server.address() as AddressInfo;
  const signer = new SignatureV4({
    service,
    region,
    credentials: key,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path,
      query,
      headers: { host: `127.0.0.1:${port}`, ...headers },
      body,
    },
    { signingDate: new Date(clock.now) },
  );
  const sent = { headers: signed.headers, body };
  change?.(sent);
  const { host: _host, ...rest } = sent.headers;
  const queryText = Object.entries(query)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
  const written = spacesAsPlus ? queryText.replaceAll('%20', '+') : queryText;
  const answer = await fetch(`http://127.0.0.1:${port}${path}${written === '' ? '' : `?${written}`}`, {
    method,
    headers: rest,
    ...(method !== 'GET' && method !== 'HEAD' && { body: sent.body }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const putRecord = (arn: string, more: Call = {}): Call => ({
  headers: { 'x-amz-target': 'Firehose_20150804.PutRecord', 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ arn }),
  ...more,
});

describe('the JSON protocol', () => {
  it('finds the action by its target and knows the caller', async () => {
    const answer = await call(putRecord('arn:any'));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(JSON.parse(answer.text)).toEqual({ got: { arn: 'arn:any' }, by: `arn:aws:iam::${accountId}:user/admin` });
  });

  it('asks the policies of a role', async () => {
    expect((await call(putRecord('arn:mine', { key: player }))).status).toBe(200);
    const denied = await call(putRecord('arn:other', { key: player }));
    expect([denied.status, JSON.parse(denied.text)]).toEqual([
      400,
      {
        __type: 'AccessDeniedException',
        message: `User: ${playerRole} is not authorized to perform: firehose:PutRecord on resource: arn:other`,
      },
    ]);
  });

  it.each([
    ['Firehose_20150804.Fail', '{}', 400, 'ResourceNotFoundException'],
    ['Firehose_20150804.Nothing', '{}', 400, 'UnknownOperationException'],
    ['Firehose_20150804.toString', '{}', 400, 'UnknownOperationException'],
    ['Firehose_20150804.PutRecord', '{', 400, 'SerializationException'],
    ['Firehose_20150804.PutRecord', '[]', 400, 'SerializationException'],
    ['Firehose_20150804.Break', '{}', 500, 'InternalFailure'],
  ])('answers %s of %s with %i %s', async (target, body, status, type) => {
    const answer = await call({ headers: { 'x-amz-target': target }, body });
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([status, { __type: type }]);
    expect(answer.headers.get('x-amzn-errortype')).toBe(type);
  });

  it('logs a failure of its own without the data it may quote', () => {
    expect(logged.join()).toContain('SyntaxError');
    expect(logged.join()).not.toContain('secret-payload');
  });
});

describe('a signature', () => {
  it.each<[string, Call['change'], string]>([
    ['of an unknown key', ({ headers }) => replace(headers, 'AKIAADMIN', 'AKIANOBODY'), 'UnrecognizedClientException'],
    [
      'that was changed',
      ({ headers }) => replace(headers, /Signature=.{4}/, 'Signature=0000'),
      'InvalidSignatureException',
    ],
    ['for another region', ({ headers }) => replace(headers, 'us-east-1', 'eu-west-1'), 'InvalidSignatureException'],
    ['without its host', ({ headers }) => replace(headers, 'host;', ''), 'InvalidSignatureException'],
    ['for another body', (sent) => (sent.body = '{"arn":"x"}'), 'InvalidSignatureException'],
    ['for another header', ({ headers }) => (headers['x-amz-target'] = 'X.Fail'), 'InvalidSignatureException'],
    ['that is missing', ({ headers }) => delete headers['authorization'], 'MissingAuthenticationTokenException'],
    ['that is incomplete', ({ headers }) => replace(headers, /, Signature=.*/, ''), 'IncompleteSignatureException'],
    ['whose time is off', () => (clock.now += 301_000), 'InvalidSignatureException'],
  ])('%s is refused', async (_what, change, type) => {
    const now = clock.now;
    const answer = await call(putRecord('arn:any', change ? { change } : {}));
    clock.now = now;
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([400, { __type: type }]);
  });

  it('holds for a query whose spaces are written as plus signs', async () => {
    const query = { prefix: "events/it's here/a+b" };
    const answer = await call(putRecord('arn:any', { query, spacesAsPlus: true }));
    expect(answer.text).not.toContain('Signature');
    expect(answer.status).toBe((await call(putRecord('arn:any', { query }))).status);
  });

  it('of the body piece by piece is for S3 alone', async () => {
    const headers = { 'x-amz-target': 'X.PutRecord', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    expect((await call({ headers, body: '{}' })).status).toBe(400);
    expect((await call({ service: 's3', method: 'PUT', path: '/b/k', headers, body: 'xyz' })).text).toBe('/b/k? 3');
  });

  it('tells the time by which an SDK corrects its clock', async () => {
    const now = clock.now;
    clock.now = Date.parse('2030-01-01T00:00:00Z');
    const answer = await call(putRecord('arn:any'));
    clock.now = now;
    expect([answer.status, answer.headers.get('date')]).toEqual([200, 'Tue, 01 Jan 2030 00:00:00 GMT']);
  });
});

describe('S3', () => {
  it('is verified by the path and query as they are sent', async () => {
    const answer = await call({
      service: 's3',
      method: 'GET',
      path: '/bucket/a%20b%2Bc/%C3%A9',
      query: { prefix: 'a b/é', 'list-type': '2' },
    });
    expect(answer.text).toBe('/bucket/a%20b%2Bc/%C3%A9?prefix=a+b%2F%C3%A9&list-type=2 0');
  });

  it('refuses a body that is not the one that was signed, once it has come', async () => {
    const headers = { 'x-amz-content-sha256': sha256('abc') };
    const put = { service: 's3', method: 'PUT', path: '/b/k', headers };
    expect((await call({ ...put, body: 'abc' })).status).toBe(200);
    const answer = await call({ ...put, body: 'abd' });
    expect([answer.status, answer.text]).toEqual([
      400,
      expect.stringContaining('<Code>XAmzContentSHA256Mismatch</Code>'),
    ]);
  });

  it('says errors in its own XML', async () => {
    const { port } = api.server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/bucket/a%26b`);
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('<Code>AccessDenied</Code>')]);
    const refused = await call({
      service: 's3',
      method: 'GET',
      path: '/b/k',
      change: ({ headers }) => replace(headers, 'AKIAADMIN', 'AKIAX'),
    });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('<Code>InvalidAccessKeyId</Code>')]);
  });

  it('takes presigned requests until they expire', async () => {
    const { port } = api.server.address() as AddressInfo;
    const signer = new SignatureV4({ service: 's3', region, credentials: admin, sha256: Sha256, uriEscapePath: false });
    const presigned = await signer.presign(
      {
        method: 'GET',
        protocol: 'http:',
        hostname: '127.0.0.1',
        port,
        path: '/b/k',
        query: { x: '1 2' },
        headers: { host: `127.0.0.1:${port}`, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      },
      { signingDate: new Date(clock.now), expiresIn: 3600 },
    );
    const query = Object.entries(presigned.query ?? {}).map(
      ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
    );
    const url = `http://127.0.0.1:${port}/b/k?${query.join('&')}`;
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url.replace('/b/k', '/b/other'))).status).toBe(403);
    const now = clock.now;
    clock.now += 3_599_000;
    expect((await fetch(url)).status).toBe(200);
    clock.now += 2_000;
    expect((await fetch(url)).status).toBe(403);
    clock.now = now;
  });
});

describe('STS', () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = 'Action=GetCallerIdentity&Version=2011-06-15';

  it('tells who calls', async () => {
    const answer = await call({ service: 'sts', headers, body, key: player });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(`<Arn>${playerRole}</Arn>`);
    expect(answer.text).toContain(`<Account>${accountId}</Account>`);
  });

  it('says errors in the XML of the query protocol', async () => {
    const refused = await call({
      service: 'sts',
      headers,
      body,
      change: ({ headers: sent }) => replace(sent, 'AKIAADMIN', 'AKIAX'),
    });
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('<Code>InvalidClientTokenId</Code>')]);
  });
});

it('takes what is put to an address that was handed out, without a signature, and nothing else', async () => {
  const { port } = api.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/_custom-resources/a`;
  const send = async (method: 'PUT' | 'POST') => (await fetch(url, { method, body: '{"Status":"SUCCESS"}' })).status;
  const taken: string[] = [];
  api.open('/_custom-resources/a', (body) => void taken.push(body.toString()));
  expect(await send('POST')).toBe(403);
  expect(await send('PUT')).toBe(200);
  api.open('/_custom-resources/a', undefined);
  expect(await send('PUT')).toBe(403);
  expect(taken).toEqual(['{"Status":"SUCCESS"}']);
});

it('says so where nothing stands in for a service', async () => {
  const answer = await call({ service: 'sqs', headers: { 'x-amz-target': 'AmazonSQS.SendMessage' }, body: '{}' });
  expect([answer.status, JSON.parse(answer.text)]).toMatchObject([501, { __type: 'UnknownService' }]);
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function replace(headers: Record<string, string>, from: string | RegExp, to: string): void {
  const changed = (headers['authorization'] ?? '').replace(from, to);
  if (changed === headers['authorization']) throw new Error(`the signature has no ${String(from)}`);
  headers['authorization'] = changed;
}
