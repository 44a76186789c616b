import { AwsError } from '../runtime.ts';
import type { AwsProtocol } from './protocol.ts';
import type { RefusalReason, SignatureRefused } from './sigv4.ts';

type ErrorShape = NonNullable<AwsProtocol['errors']>;

/** The codes by which services refuse a signature: JSON services answer 400, S3 and the query protocol 403. */
const CODES: Readonly<Record<ErrorShape, Readonly<Record<RefusalReason, string>>>> = {
  json: {
    missing: 'MissingAuthenticationTokenException',
    incomplete: 'IncompleteSignatureException',
    'unknown key': 'UnrecognizedClientException',
    'wrong scope': 'InvalidSignatureException',
    'not yet valid': 'InvalidSignatureException',
    expired: 'InvalidSignatureException',
    'host not signed': 'InvalidSignatureException',
    'payload differs': 'InvalidSignatureException',
    'signature differs': 'InvalidSignatureException',
  },
  s3: {
    missing: 'AccessDenied',
    incomplete: 'AuthorizationHeaderMalformed',
    'unknown key': 'InvalidAccessKeyId',
    'wrong scope': 'AuthorizationHeaderMalformed',
    'not yet valid': 'RequestTimeTooSkewed',
    expired: 'RequestTimeTooSkewed',
    'host not signed': 'AccessDenied',
    'payload differs': 'XAmzContentSHA256Mismatch',
    'signature differs': 'SignatureDoesNotMatch',
  },
  query: {
    missing: 'MissingAuthenticationToken',
    incomplete: 'IncompleteSignature',
    'unknown key': 'InvalidClientTokenId',
    'wrong scope': 'SignatureDoesNotMatch',
    'not yet valid': 'SignatureDoesNotMatch',
    expired: 'SignatureDoesNotMatch',
    'host not signed': 'SignatureDoesNotMatch',
    'payload differs': 'SignatureDoesNotMatch',
    'signature differs': 'SignatureDoesNotMatch',
  },
};

/** S3 answers these with 400, all other refusals with 403. */
const S3_BAD_REQUESTS: ReadonlySet<string> = new Set(['AuthorizationHeaderMalformed', 'XAmzContentSHA256Mismatch']);

/** The error of a protocol for a signature it refuses. */
export function signatureError(shape: ErrorShape, { reason, message }: SignatureRefused): AwsError {
  const code = CODES[shape][reason];
  const status = shape === 'json' || (shape === 's3' && S3_BAD_REQUESTS.has(code)) ? 400 : 403;
  return new AwsError(code, message, status);
}

/** The error of a protocol for a caller whose policies do not allow what he asks. */
export function accessDenied(shape: ErrorShape, message: string): AwsError {
  return shape === 'json' ? new AwsError('AccessDeniedException', message) : new AwsError('AccessDenied', message, 403);
}
