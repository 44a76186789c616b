import { readFile } from 'node:fs/promises';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { join } from 'node:path';
import type { AccessKey } from '../../../local/runtime.ts';
import { readAnswer } from '../../support/read-answer.ts';
import { tried, type Attack, type Tried, type World } from './attack.ts';

interface Call {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly target?: string;
  readonly body?: string;
}

/** Calls the AWS protocols with a key, or without a signature where there is none. */
async function callAws(
  { endpoints }: World,
  key: AccessKey | undefined,
  { service, method, path, target, body }: Call,
): Promise<Tried> {
  const url = new URL(path, endpoints.awsUrl);
  const headers = {
    host: url.host,
    ...(target && { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' }),
  };
  const request = {
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    headers,
    ...(body !== undefined && { body }),
  };
  const signer = new SignatureV4({
    service,
    uriEscapePath: service !== 's3',
    region: endpoints.region,
    credentials: key ?? endpoints,
    sha256: Sha256,
  });
  const { host: _host, ...sent } = key ? (await signer.sign(request)).headers : headers;
  const answer = await readAnswer(await fetch(url, { method, headers: sent, ...(body !== undefined && { body }) }));
  const short = tried(answer);
  const code = /<Code>(\w+)<\/Code>/.exec(answer.text)?.[1];
  return code === undefined ? short : { ...short, answer: `${answer.status} ${code}` };
}

/** The key of a function's role, as one who broke into that function would have it. */
async function roleKey(world: World, name: RegExp): Promise<AccessKey> {
  const path = join(world.dataDir, 'credentials.json');
  const { roles } = JSON.parse(await readFile(path, 'utf8')) as { roles: Record<string, AccessKey> };
  const found = Object.entries(roles).find(([arn]) => name.test(arn));
  if (!found) throw new Error(`no role's ARN matches ${String(name)}: ${Object.keys(roles).join(', ')}`);
  return found[1];
}

const scan = (table: string): Call => ({
  service: 'dynamodb',
  method: 'POST',
  path: '/',
  target: 'DynamoDB_20120810.Scan',
  body: JSON.stringify({ TableName: table }),
});

const listBuckets: Call = { service: 's3', method: 'GET', path: '/' };
const unsigned = (name: string, answer: RegExp, call: (world: World) => Call): Attack => ({
  name,
  answer,
  send: (world) => callAws(world, undefined, call(world)),
});

const asRole = (name: string, answer: RegExp, role: RegExp, call: (world: World) => Call): Attack => ({
  name,
  answer,
  send: async (world) => callAws(world, await roleKey(world, role), call(world)),
});

const asAdmin = (name: string, answer: RegExp, call: (world: World) => Call): Attack => ({
  name,
  answer,
  send: (world) => callAws(world, world.endpoints, call(world)),
});

const object =
  (key: string) =>
  ({ endpoints }: World): Call => ({ service: 's3', method: 'GET', path: `/${endpoints.bucket}/${key}` });
const denied = /^(400|403) AccessDenied/;

/** Calls of the AWS protocols beside the API, unsigned or by a role that they are not for. */
export const awsCalls: readonly Attack[] = [
  unsigned('buckets without a signature', /^403 AccessDenied$/, () => listBuckets),
  unsigned('the lake without a signature', /^403 AccessDenied$/, object('state/process-events.json')),
  unsigned('tokens without a signature', /^(400|403) MissingAuthenticationToken/, ({ authorizationsTable }) =>
    scan(authorizationsTable),
  ),
  unsigned('an object put without a signature', /^403 AccessDenied$/, (world) => ({
    ...object('evil')(world),
    method: 'PUT',
    body: 'x',
  })),
  asRole('all tokens, as the authorizer', denied, /[Aa]uthorizer/, ({ authorizationsTable }) =>
    scan(authorizationsTable),
  ),
  asRole('the lake, as the authorizer', denied, /[Aa]uthorizer/, object('state/process-events.json')),
  asRole('the lake, as the transform', denied, /[Tt]ransform/, object('state/process-events.json')),
  asRole('tokens, as the transform', denied, /[Tt]ransform/, ({ authorizationsTable }) => scan(authorizationsTable)),
  asRole('records put to the stream, as the authorizer', denied, /[Aa]uthorizer/, ({ endpoints }) => ({
    service: 'firehose',
    method: 'POST',
    path: '/',
    target: 'Firehose_20150804.PutRecord',
    body: JSON.stringify({ DeliveryStreamName: endpoints.deliveryStream, Record: { Data: 'eA==' } }),
  })),
  asRole(
    'a path out of the bucket, as the transform',
    /^(400|403|404)/,
    /[Tt]ransform/,
    object('..%2f..%2fcredentials.json'),
  ),
  asAdmin('a path out of the bucket, as an admin', /^404 NoSuchKey$/, object('..%2f..%2fcredentials.json')),
  asAdmin('a bucket that is a path, as an admin', /^(400|404)/, () => ({
    ...listBuckets,
    path: '/..%2f..%2f/credentials.json',
  })),
];
