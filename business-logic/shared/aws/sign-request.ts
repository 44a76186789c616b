import { createHash, createHmac } from 'node:crypto';
import { RecentMap } from '../recent-map.ts';

/** Keys of a role, or of a user. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that expire, as those of every function do. */
  readonly sessionToken?: string | undefined;
}

/** A POST to the root of a service. */
export interface UnsignedRequest {
  /** As the client will send it: with the port where that is not the protocol's own. */
  readonly host: string;
  /** Names in lower case. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Signing {
  readonly keys: AwsKeys;
  readonly region: string;
  /** The service's name in signatures, e.g. `dynamodb`. */
  readonly service: string;
  readonly now: Date;
}

/**
 * Headers of a POST to `/` without a query, signed with AWS Signature Version 4
 * (`https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html`): all that the JSON
 * protocols need of it.
 */
export function signRequest(
  { host, headers, body }: UnsignedRequest,
  { keys, region, service, now }: Signing,
): Record<string, string> {
  // 2026-11-21T12:00:00.000Z becomes 20261121T120000Z.
  const time = `${now.toISOString().replaceAll(/[:-]|\.\d+Z$/g, '')}Z`;
  const signed: Record<string, string> = {
    ...headers,
    host,
    'x-amz-date': time,
    ...(keys.sessionToken !== undefined && { 'x-amz-security-token': keys.sessionToken }),
  };
  const names = Object.keys(signed).toSorted();
  const canonical = [
    'POST',
    '/',
    '',
    ...names.map((name) => `${name}:${signed[name]!.trim()}`),
    '',
    names.join(';'),
    sha256(body),
  ].join('\n');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const signature = hmac(
    signingKey(keys.secretAccessKey, scope),
    ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n'),
  ).toString('hex');
  return {
    ...signed,
    authorization:
      `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, ` +
      `SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** Keys of the last days, regions and services: a function calls few services, and each key holds for a day. */
const signingKeys = new RecentMap<string, Buffer>(10);

/** Derives the key of a scope, `<day>/<region>/<service>/aws4_request`. */
function signingKey(secretAccessKey: string, scope: string): Buffer {
  const id = `${secretAccessKey}/${scope}`;
  const known = signingKeys.get(id);
  if (known) return known;
  const key = scope
    .split('/')
    .reduce<Buffer>((before, part) => hmac(before, part), Buffer.from(`AWS4${secretAccessKey}`));
  signingKeys.set(id, key);
  return key;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
