import { createHash } from 'node:crypto';
import { readSignature, SignatureRefused, verifySignature } from '../aws-api/sigv4.ts';
import type { Signature } from '../aws-api/sigv4.ts';
import type { Clock, Credentials, Principal } from '../runtime.ts';
import type { Exchange } from './exchange.ts';
import { GatewayError } from './gateway-error.ts';

export interface SignedCallerOptions {
  readonly credentials: Credentials;
  readonly region: string;
  readonly clock: Clock;
}

/** Seconds a signature's time may be off. */
const MAX_SKEW_SECONDS = 300;

/** Verifies the signature of a call to a route with AWS_IAM; gives back who made it or throws. */
export async function verifyCaller(exchange: Exchange, options: SignedCallerOptions): Promise<Principal> {
  const { request, headers } = exchange;
  const signed = { method: request.method, path: request.path, rawQuery: request.rawQuery, headers: headers.lower };
  try {
    const signature = readSignature(signed);
    checkService(signature);
    return await verifySignature(signed, signature, {
      credentials: options.credentials,
      region: options.region,
      now: options.clock(),
      maxSkewSeconds: MAX_SKEW_SECONDS,
      payloadHash: createHash('sha256').update(request.body).digest('hex'),
    });
  } catch (error) {
    throw error instanceof SignatureRefused ? refused(error) : error;
  }
}

function checkService({ service }: Signature): void {
  if (service !== 'execute-api') {
    throw new SignatureRefused('wrong scope', "the 'Credential' should be scoped to the service execute-api");
  }
}

function refused(error: SignatureRefused): GatewayError {
  if (error.reason === 'missing') {
    return new GatewayError('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
  }
  const message =
    error.reason === 'unknown key' ? 'The security token included in the request is invalid.' : error.message;
  return new GatewayError('INVALID_SIGNATURE', message);
}
