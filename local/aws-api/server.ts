import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { acceptHttp2 } from '../accept-http2.ts';
import { errorText } from '../error-text.ts';
import { AwsError } from '../runtime.ts';
import type { Clock, Credentials, LocalLog, Principal } from '../runtime.ts';
import { HeldText } from './held-text.ts';
import { errorResponse } from './protocol.ts';
import type { AwsProtocol, AwsRequest, AwsResponse } from './protocol.ts';
import { accessDenied, signatureError } from './signature-errors.ts';
import { isSha256, readSignature, SignatureRefused, verifySignature } from './sigv4.ts';
import type { Signature, SignedRequest } from './sigv4.ts';

/** Largest body of a call that is read as a whole: DynamoDB's batches are the largest of all with 16 MB. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** AWS lets a signature be five minutes off, S3 fifteen. */
const maxSkewSeconds = (service: string): number => (service === 's3' ? 900 : 300);

/** What nobody reads from. */
const NOTHING = Readable.from([]);

export interface AwsApiOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly log: LocalLog;
}

/** A call that another part of the runtime makes in a principal's name, without a detour through the network. */
export interface InternalCall {
  readonly service: string;
  readonly principal: Principal;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | HeldText;
}

type Incoming = IncomingMessage | Http2ServerRequest;
type Outgoing = ServerResponse | Http2ServerResponse;

/** The AWS services on one port, each chosen by the service in the signature's scope. */
export class AwsApi {
  readonly server: Server;
  private readonly options: AwsApiOptions;
  private readonly protocols = new Map<string, AwsProtocol>();
  private readonly opened = new Map<string, (body: Buffer) => void>();

  constructor(options: AwsApiOptions) {
    this.options = options;
    this.server = createServer((request, response) => void this.serve(request, response));
    // A large upload may take its time.
    this.server.requestTimeout = 0;
    acceptHttp2(this.server, (request, response) => void this.serve(request, response));
  }

  add(protocol: AwsProtocol): void {
    this.protocols.set(protocol.service, protocol);
  }

  /**
   * Takes what is put to a path without a signature, as to an address that is signed already: knowing the path is the
   * right to. Undefined closes it again.
   */
  open(path: string, take: ((body: Buffer) => void) | undefined): void {
    if (take) this.opened.set(path, take);
    else this.opened.delete(path);
  }

  /** Answers a call whose caller is known; what a service throws comes back in that service's own shape. */
  async call(call: InternalCall): Promise<AwsResponse> {
    const protocol = this.protocols.get(call.service);
    if (!protocol) throw new AwsError('UnknownService', `nothing stands in for ${call.service} here`, 501);
    const { body } = call;
    const bytes = (): Buffer => (body instanceof HeldText ? Buffer.from(body.take(), 'utf8') : body);
    return this.handle(protocol, {
      ...call,
      // Protocols of JSON read text as it is: nothing is copied for them.
      get body() {
        return bytes();
      },
      ...(body instanceof HeldText && { text: body }),
      stream: protocol.streams ? Readable.from([bytes()]) : NOTHING,
      requestId: randomUUID(),
      ...targetOf(call.headers),
      authorize: this.authorizer(protocol, call.principal, true),
    });
  }

  private async serve(incoming: Incoming, outgoing: Outgoing): Promise<void> {
    const request = readRequest(incoming);
    const requestId = randomUUID();
    let response: AwsResponse;
    try {
      response = await this.answer(incoming, request, requestId);
    } catch (error) {
      response = this.failure(error, shapeOf(this.protocols, request), { ...request, requestId });
    }
    await this.send(incoming, outgoing, response, requestId);
  }

  private async answer(incoming: Incoming, request: SignedRequest, requestId: string): Promise<AwsResponse> {
    const take = request.method === 'PUT' ? this.opened.get(request.path) : undefined;
    if (take) {
      take(await readBody(incoming));
      return { status: 200 };
    }
    const signature = this.signatureOf(request);
    const protocol = this.protocols.get(signature.service);
    if (!protocol) throw new AwsError('UnknownService', `nothing stands in for ${signature.service} here`, 501);

    const body = protocol.streams ? Buffer.alloc(0) : await readBody(incoming);
    const principal = await this.verify(protocol, request, signature, protocol.streams ? undefined : body);
    return this.handle(protocol, {
      method: request.method,
      path: request.path,
      query: new URLSearchParams(request.rawQuery),
      headers: request.headers,
      body,
      stream: protocol.streams ? hashChecked(incoming, request.headers['x-amz-content-sha256']) : Readable.from([]),
      requestId,
      principal,
      ...targetOf(request.headers),
      authorize: this.authorizer(protocol, principal, isPrivate(incoming)),
    });
  }

  private signatureOf(request: SignedRequest): Signature {
    try {
      return readSignature(request);
    } catch (error) {
      throw error instanceof SignatureRefused ? signatureError(shapeOf(this.protocols, request), error) : error;
    }
  }

  private async verify(
    protocol: AwsProtocol,
    request: SignedRequest,
    signature: Signature,
    body: Buffer | undefined,
  ): Promise<Principal> {
    const { credentials, region, clock } = this.options;
    try {
      return await verifySignature(request, signature, {
        credentials,
        region,
        now: clock(),
        maxSkewSeconds: maxSkewSeconds(signature.service),
        payloadHash: body && createHash('sha256').update(body).digest('hex'),
      });
    } catch (error) {
      throw error instanceof SignatureRefused ? signatureError(protocol.errors ?? 'json', error) : error;
    }
  }

  private authorizer(protocol: AwsProtocol, principal: Principal, isSecure: boolean): AwsRequest['authorize'] {
    return (action, resourceArn, given) => {
      const context = isSecure ? given : { ...given, 'aws:SecureTransport': 'false' };
      if (this.options.credentials.isAllowed(principal, action, resourceArn, context)) return;
      const message = this.options.credentials.explain(principal, action, resourceArn, context);
      throw accessDenied(protocol.errors ?? 'json', message);
    };
  }

  private async handle(protocol: AwsProtocol, request: AwsRequest): Promise<AwsResponse> {
    try {
      return await protocol.handle(request);
    } catch (error) {
      return this.failure(error, protocol.errors ?? 'json', request);
    }
  }

  private failure(
    error: unknown,
    shape: AwsProtocol['errors'],
    request: { readonly method: string; readonly path: string; readonly requestId: string },
  ): AwsResponse {
    if (error instanceof AwsError) return errorResponse(shape, error, request);
    this.options.log.error('an AWS call failed inside the runtime', { error: errorText(error) });
    const code = shape === 'json' ? 'InternalFailure' : 'InternalError';
    return errorResponse(shape, new AwsError(code, 'We encountered an internal error.', 500), request);
  }

  private async send(
    incoming: Incoming,
    outgoing: Outgoing,
    { status, headers = {}, body }: AwsResponse,
    requestId: string,
  ): Promise<void> {
    outgoing.sendDate = false;
    // An SDK whose clock is off corrects it by this header.
    outgoing.setHeader('date', new Date(this.options.clock()).toUTCString());
    outgoing.setHeader('x-amzn-requestid', requestId);
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    outgoing.statusCode = status;
    try {
      if (body instanceof Readable) await pipeline(body, outgoing as ServerResponse);
      else if (incoming.method === 'HEAD' || body === undefined) outgoing.end();
      else outgoing.end(body);
    } catch (error) {
      this.options.log.warn('an answer could not be sent', { error: errorText(error) });
      outgoing.destroy();
    }
  }
}

/**
 * Whether nobody can listen between caller and server, as if they spoke TLS: both are on this machine. What comes over a
 * network comes by plain HTTP, and policies that want TLS refuse it.
 */
function isPrivate({ socket: { remoteAddress = '', localAddress } }: Incoming): boolean {
  return remoteAddress === localAddress || /^(127\.|::1$|::ffff:127\.)/.test(remoteAddress);
}

function readRequest(incoming: Incoming): SignedRequest {
  const authority = incoming.headers[':authority'];
  const headers = { ...(authority !== undefined && { host: authority }), ...incoming.headers };
  const url = incoming.url ?? '/';
  const question = url.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    path: question < 0 ? url : url.slice(0, question),
    rawQuery: question < 0 ? '' : url.slice(question + 1),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? '')]),
    ),
  };
}

/** Which shape an unsigned or misdirected request would expect. */
function shapeOf(protocols: ReadonlyMap<string, AwsProtocol>, { headers, rawQuery }: SignedRequest) {
  const service = /Credential=[^/,\s]+\/[^/]*\/[^/]*\/([a-z0-9-]+)\//.exec(headers['authorization'] ?? '')?.[1];
  const known = service === undefined ? undefined : protocols.get(service);
  if (known) return known.errors ?? 'json';
  if (headers['x-amz-target'] !== undefined) return 'json';
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return isForm || rawQuery.includes('Action=') ? 'query' : 's3';
}

function targetOf(headers: Readonly<Record<string, string>>): { target?: string } {
  const target = headers['x-amz-target'];
  return target === undefined ? {} : { target: target.slice(target.lastIndexOf('.') + 1) };
}

async function readBody(incoming: Incoming): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new AwsError('RequestEntityTooLargeException', `the body exceeds ${MAX_BODY_BYTES} bytes`, 413);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body as it comes, failing at its end if it is not the one whose hash was signed. */
function hashChecked(body: Readable, signedHash: string | undefined): Readable {
  if (!isSha256(signedHash)) return body;
  const hash = createHash('sha256');
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      if (hash.digest('hex') === signedHash) done();
      else done(new AwsError('XAmzContentSHA256Mismatch', 'the body differs from the one that was signed'));
    },
  });
  // Errors of either side reach the reader of the transform.
  pipeline(body, check).catch(() => undefined);
  return check;
}
