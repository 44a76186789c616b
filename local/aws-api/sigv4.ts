import { createHash, timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { createScope, getSigningKey, SignatureV4 } from '@smithy/signature-v4';
import type { Credentials, Principal } from '../runtime.ts';

/** A request as it came over the wire. */
export interface SignedRequest {
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly rawQuery: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a request says about its signature. */
export interface Signature {
  readonly accessKeyId: string;
  /** `YYYYMMDD` */
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
  /** Names in lower case. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Milliseconds since the epoch. */
  readonly signedAt: number;
  /** Milliseconds since the epoch; only where the signature is in the query. */
  readonly expiresAt: number | undefined;
  readonly inQuery: boolean;
}

/** Why a signature is refused; each protocol has its own codes for these. */
export type RefusalReason =
  | 'missing'
  | 'incomplete'
  | 'unknown key'
  | 'wrong scope'
  | 'not yet valid'
  | 'expired'
  | 'host not signed'
  | 'payload differs'
  | 'signature differs';

export class SignatureRefused extends Error {
  override readonly name = 'SignatureRefused';
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export interface VerifyOptions {
  readonly credentials: Pick<Credentials, 'find'>;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How far a signature's time may be off, either way. */
  readonly maxSkewSeconds: number;
  /** SHA-256 of the body in hex; undefined while the body is still to be streamed. */
  readonly payloadHash: string | undefined;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/** Reads the signature from the Authorization header or, for presigned requests, from the query. */
export function readSignature(request: SignedRequest): Signature {
  const header = request.headers['authorization'];
  if (header === undefined) return readPresigned(request);
  if (!header.startsWith(ALGORITHM)) {
    throw new SignatureRefused('incomplete', `the Authorization header does not begin with ${ALGORITHM}`);
  }
  const fields = new Map<string, string>();
  for (const part of header.slice(ALGORITHM.length).split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) fields.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return signatureOf({
    credential: fields.get('Credential'),
    signedHeaders: fields.get('SignedHeaders'),
    signature: fields.get('Signature'),
    date: request.headers['x-amz-date'],
    expires: undefined,
    inQuery: false,
  });
}

function readPresigned(request: SignedRequest): Signature {
  const query = new URLSearchParams(request.rawQuery);
  if (query.get('X-Amz-Algorithm') !== ALGORITHM) throw new SignatureRefused('missing', 'the request is not signed');
  return signatureOf({
    credential: query.get('X-Amz-Credential') ?? undefined,
    signedHeaders: query.get('X-Amz-SignedHeaders') ?? undefined,
    signature: query.get('X-Amz-Signature') ?? undefined,
    date: query.get('X-Amz-Date') ?? undefined,
    expires: query.get('X-Amz-Expires') ?? '',
    inQuery: true,
  });
}

function signatureOf(parts: {
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly date: string | undefined;
  readonly expires: string | undefined;
  readonly inQuery: boolean;
}): Signature {
  const { credential, signedHeaders, signature, date, expires, inQuery } = parts;
  if (!credential) throw new SignatureRefused('incomplete', "the signature lacks its 'Credential'");
  if (!signedHeaders) throw new SignatureRefused('incomplete', "the signature lacks its 'SignedHeaders'");
  if (!signature) throw new SignatureRefused('incomplete', "the signature lacks its 'Signature'");
  const [accessKeyId, scopeDate, region, service, end] = credential.split('/');
  if (!accessKeyId || !scopeDate || !region || !service || end !== 'aws4_request') {
    throw new SignatureRefused(
      'incomplete',
      "the 'Credential' has not the form <key>/<date>/<region>/<service>/aws4_request",
    );
  }
  const signedAt = parseAmzDate(date);
  if (signedAt === undefined) throw new SignatureRefused('incomplete', 'X-Amz-Date is missing or malformed');
  if (new Date(signedAt).toISOString().slice(0, 10).replaceAll('-', '') !== scopeDate) {
    throw new SignatureRefused('wrong scope', "the date of the 'Credential' differs from X-Amz-Date");
  }
  let expiresAt: number | undefined;
  if (expires !== undefined) {
    // S3 takes signatures in the query for at most seven days.
    const seconds = /^\d{1,6}$/.test(expires) ? Number(expires) : 0;
    if (seconds < 1 || seconds > 604_800)
      throw new SignatureRefused('incomplete', 'X-Amz-Expires is not in 1 to 604800');
    expiresAt = signedAt + seconds * 1000;
  }
  const names = signedHeaders.toLowerCase().split(';');
  return { accessKeyId, scopeDate, region, service, signedHeaders: names, signature, signedAt, expiresAt, inQuery };
}

/** `20261121T093000Z` as milliseconds since the epoch. */
function parseAmzDate(text: string | undefined): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** Signs the request again and compares. Gives back who signed it; throws SignatureRefused. */
export async function verifySignature(
  request: SignedRequest,
  signature: Signature,
  options: VerifyOptions,
): Promise<Principal> {
  if (signature.region !== options.region) {
    throw new SignatureRefused('wrong scope', `the 'Credential' should be scoped to the region ${options.region}`);
  }
  checkTime(signature, options);
  // HTTP/2 names the host by this one, and the JavaScript SDK signs it so.
  if (!signature.signedHeaders.includes('host') && !signature.signedHeaders.includes(':authority')) {
    throw new SignatureRefused('host not signed', "'host' must be a signed header");
  }
  const key = options.credentials.find(signature.accessKeyId);
  if (!key || bearsSessionToken(request)) throw new SignatureRefused('unknown key', 'the access key is not known');

  const declaredHash = declaredPayloadHash(request, signature, options.payloadHash);
  if (options.payloadHash !== undefined && isSha256(declaredHash) && declaredHash !== options.payloadHash) {
    throw new SignatureRefused('payload differs', 'the SHA-256 of the body differs from the signed one');
  }
  const expected = await new Verifier(signature, key.secretAccessKey).signatureOf(request, signature, declaredHash);
  if (!equalInConstantTime(expected, signature.signature)) {
    throw new SignatureRefused('signature differs', 'the signature does not match the request and the secret key');
  }
  return key.principal;
}

/** Keys here are lasting ones, which have no session: whose token comes along is not who he says. */
function bearsSessionToken({ headers, rawQuery }: SignedRequest): boolean {
  return headers['x-amz-security-token'] !== undefined || /(^|&)X-Amz-Security-Token=/i.test(rawQuery);
}

function checkTime(signature: Signature, { now, maxSkewSeconds }: VerifyOptions): void {
  if (signature.signedAt > now + maxSkewSeconds * 1000) {
    throw new SignatureRefused('not yet valid', 'Signature not yet current: X-Amz-Date lies in the future');
  }
  if (now > (signature.expiresAt ?? signature.signedAt + maxSkewSeconds * 1000)) {
    throw new SignatureRefused('expired', 'Signature expired: X-Amz-Date lies too far in the past');
  }
}

/** What the signer put into the canonical request for the body. */
function declaredPayloadHash(request: SignedRequest, signature: Signature, actual: string | undefined): string {
  const declared = request.headers['x-amz-content-sha256'];
  // Only S3 lets a body go unsigned or be signed piece by piece.
  if (declared !== undefined && (signature.service === 's3' || isSha256(declared))) return declared;
  if (signature.inQuery && signature.service === 's3') return UNSIGNED_PAYLOAD;
  return actual ?? EMPTY_SHA256;
}

const EMPTY_SHA256 = createHash('sha256').digest('hex');

export function isSha256(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text);
}

/** Opens the steps of the library's signer, so that exactly the headers that were signed are signed again. */
class Verifier extends SignatureV4 {
  private readonly secretAccessKey: string;

  constructor(signature: Signature, secretAccessKey: string) {
    const { service, region, accessKeyId } = signature;
    super({
      service,
      region,
      credentials: { accessKeyId, secretAccessKey },
      sha256: Sha256,
      // S3 signs the path as it is; every other service encodes it once more.
      uriEscapePath: service !== 's3',
      applyChecksum: false,
    });
    this.secretAccessKey = secretAccessKey;
  }

  async signatureOf(request: SignedRequest, signature: Signature, payloadHash: string): Promise<string> {
    const { accessKeyId, scopeDate, region, service } = signature;
    const canonical = this.createCanonicalRequest(
      {
        method: request.method,
        protocol: 'http:',
        hostname: '',
        path: request.path,
        query: queryBag(request.rawQuery),
        headers: {},
      },
      signedHeaders(request, signature),
      payloadHash,
    );
    const { longDate } = this.formatDate(new Date(signature.signedAt));
    const text = await this.createStringToSign(longDate, createScope(scopeDate, region, service), canonical, ALGORITHM);
    const credentials = { accessKeyId, secretAccessKey: this.secretAccessKey };
    const key = await getSigningKey(Sha256, credentials, scopeDate, region, service);
    const hash = new Sha256(key);
    hash.update(text);
    return Buffer.from(await hash.digest()).toString('hex');
  }
}

function signedHeaders(request: SignedRequest, { signedHeaders: names }: Signature): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, (request.headers[name] ?? '').trim().replace(/\s+/g, ' ')]));
}

/** Decoded names and values; the signature itself is never part of what is signed. */
function queryBag(rawQuery: string): Record<string, string[]> {
  const bag = Object.create(null) as Record<string, string[]>;
  for (const part of rawQuery.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    if (name === 'X-Amz-Signature') continue;
    (bag[name] ??= []).push(equals < 0 ? '' : decode(part.slice(equals + 1)));
  }
  return bag;
}

/** A plus is a space, as the SDK for Java 1 writes it and S3 reads it. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new SignatureRefused('incomplete', 'the query is not properly percent-encoded');
  }
}

function equalInConstantTime(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
