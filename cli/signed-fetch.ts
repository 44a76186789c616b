import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}

export interface Signer {
  readonly region: string;
  readonly credentials: SigningKey | (() => Promise<SigningKey>);
}

/** Sends a request with JSON, signed with SigV4 for API Gateway (`execute-api`). */
export async function signedFetch(url: string, method: string, body: unknown, signer: Signer): Promise<Response> {
  const target = new URL(url);
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const signature = new SignatureV4({
    service: 'execute-api',
    region: signer.region,
    credentials: signer.credentials,
    sha256: Sha256,
  });
  const signed = await signature.sign({
    method,
    protocol: target.protocol,
    hostname: target.hostname,
    path: target.pathname,
    query: Object.fromEntries(target.searchParams),
    headers: { host: target.host, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(payload === undefined ? {} : { body: payload }),
  });
  const { host: _, ...headers } = signed.headers;
  return fetch(target, { method, headers, ...(payload === undefined ? {} : { body: payload }) });
}
