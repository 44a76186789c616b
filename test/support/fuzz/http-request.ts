import { createRandom, type Random } from '../../../generator/random.ts';
import type { RecordBuilder } from './build-record.ts';
import { corpus } from './fuzz-input.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { nastyKeys } from './nasty-values.ts';

/** Whose requests are fuzzed. */
export interface FuzzedSender {
  readonly applicationId: string;
  readonly token: string;
}

/** One request as it goes over the wire. */
export interface FuzzedRequest {
  readonly name: string;
  readonly bytes: Buffer;
  /** The body, where the request is one for events by its sender with nothing wrong about its head. */
  readonly body: Buffer | undefined;
  /** Whether its framing may be broken, so that what is answered is for the parser of HTTP to say. */
  readonly isBroken: boolean;
}

const seeds = Array.from(corpus.values());
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
const routes = [
  '/applications',
  '/applications/x/events',
  '/applications/x/authorizations',
  '/applications/x/authorizations/y',
  '/studio',
  '/studio?report=studio-players',
  '/studio/results/x.y',
  '/studio/unregistrations',
  '/rg-owner',
  '/rg-owner?report=title-popularity&limit=1',
  '/player-ingest',
  '/studio-ingest',
  '/redshift/setup',
  '/',
  '',
];
const odd = [
  '%00',
  '%2e%2e',
  '..',
  '%',
  '%ff',
  '//',
  ';',
  '*',
  '__proto__',
  '%e2%80%ae',
  "'",
  '"',
  '?',
  '&a=b',
  '#',
  '{x}',
  '%0d%0a',
  '+',
  '~',
];
const oddHeaders = [
  'Content-Type: text/plain',
  'Content-Type: application/json; charset=utf-16',
  'Content-Type: multipart/form-data; boundary=x',
  'Content-Encoding: gzip',
  'Origin: null',
  'Origin: https://evil.example',
  'CloudFront-Viewer-Country: DE',
  'CloudFront-Viewer-Country: "}',
  'X-Forwarded-For: 127.0.0.1',
  'Expect: 100-continue',
  'Range: bytes=0-1',
  'If-None-Match: *',
  'Accept: */*;q=nan',
  'Accept-Encoding: \u0001',
  'X-Amz-Date: 99999999T999999Z',
  'Cookie: a=b',
  'Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0',
  'Authorization: AWS4-HMAC-SHA256',
  'Authorization: Bearer x',
  'X-Amz-Content-Sha256: UNSIGNED-PAYLOAD',
  'X-Amz-Security-Token: x',
  ...nastyKeys.filter((name) => /^[\w-]+$/.test(name)).map((name) => `${name}: 1`),
];

/** Where requests go. */
export interface FuzzTarget {
  readonly host: string;
  /** The path of the stage. */
  readonly stage: string;
}

/** The request of a seed and a number, always the same for the same sender and target. */
export function httpRequest(
  seed: string,
  number: number,
  sender: FuzzedSender,
  target: FuzzTarget,
  builder: RecordBuilder,
): FuzzedRequest {
  const name = `seed ${seed}, request ${number}`;
  const random = createRandom(`${seed}/http/${number}`);
  const kind = random.next();
  const body = eventsBody(random, builder);
  if (kind < 0.65) return { name, bytes: eventsRequest(sender, target, body), body, isBroken: false };
  if (kind < 0.9) return { name, bytes: oddRequest(random, sender, target, body), body: undefined, isBroken: false };
  const request = random.chance(0.5) ? eventsRequest(sender, target, body) : oddRequest(random, sender, target, body);
  // Short, and without a token, so that what is broken is mostly the head, and nothing of it is stored.
  const short = Buffer.from(request.toString('latin1').replaceAll(sender.token, 'x').slice(0, 600), 'latin1');
  return { name, bytes: mutateBytes(short, random.pick(seeds), random), body: undefined, isBroken: true };
}

/** A body for the route of events: nearly right, of some other form, or not even JSON. */
function eventsBody(random: Random, builder: RecordBuilder): Buffer {
  const form = random.next();
  if (form < 0.6) return Buffer.from(builder.body(random));
  if (form < 0.7) return Buffer.from(builder.record(random));
  if (form < 0.75) return Buffer.from(builder.value(random));
  if (form < 0.78) return random.pick(seeds);
  if (form < 0.781) return Buffer.from(`{"events":[{"a":${'['.repeat(random.integer(1, 30_000))}`);
  if (form < 0.783) return Buffer.from(`{"events":[{"a":"${'x'.repeat(random.integer(1, 60_000))}"}]}`);
  return mutateBytes(Buffer.from(builder.body(random)), random.pick(seeds), random);
}

function eventsRequest({ applicationId, token }: FuzzedSender, target: FuzzTarget, body: Buffer): Buffer {
  return withBody(
    `POST ${target.stage}/applications/${applicationId}/events`,
    target,
    [`Authorization: ${token}`],
    body,
  );
}

/** A request of no events. */
export const idleRequest = (sender: FuzzedSender, target: FuzzTarget): Buffer =>
  eventsRequest(sender, target, Buffer.from('{"events":[]}'));

/** Any method and path with any headers, framed as it should be. */
function oddRequest(random: Random, { applicationId }: FuzzedSender, target: FuzzTarget, body: Buffer): Buffer {
  let path = random.chance(0.9) ? target.stage + random.pick(routes) : random.pick(routes);
  path = path.replace('/x/', `/${applicationId}/`);
  if (random.chance(0.4)) {
    const at = random.integer(0, path.length);
    path = path.slice(0, at) + random.pick(odd) + path.slice(at);
  }
  // A lone preflight, a form and the like; never a token that works: what is stored is known by its sender.
  const more = Array.from({ length: random.integer(0, 3) }, () => random.pick(oddHeaders));
  const method = random.pick(methods);
  const hasBody = !['GET', 'HEAD', 'TRACE'].includes(method) && random.chance(0.6);
  return withBody(`${method} ${path === '' ? '/' : path}`, target, more, hasBody ? body : Buffer.alloc(0));
}

function withBody(line: string, { host }: FuzzTarget, more: readonly string[], body: Buffer): Buffer {
  const named = more.some((one) => one.startsWith('Content-Type:')) ? [] : ['Content-Type: application/json'];
  const head = [`${line} HTTP/1.1`, `Host: ${host}`, ...more, ...named, `Content-Length: ${body.length}`];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}
