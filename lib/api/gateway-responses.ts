import { gatewayErrorHeaders, mapHeaders } from './cors.ts';

interface GatewayError {
  /** Left out where the gateway's own status stands (the two defaults). */
  readonly status?: number;
  readonly error: string;
  /** What a sender should know; without it the gateway's own message goes out. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const sendAgain = 'send the same request again';

const retryLater = { 'Retry-After': "'1'" };

/** Every error the gateway itself can answer (all response types of API Gateway), with the status a sender acts on. */
export const gatewayErrors: Readonly<Record<string, GatewayError>> = {
  BAD_REQUEST_BODY: {
    status: 400,
    error: 'InvalidRequest',
    detail: 'the body must be a JSON object with an array events of objects; do not send it again as it is',
  },
  BAD_REQUEST_PARAMETERS: { status: 400, error: 'InvalidRequest' },
  UNAUTHORIZED: {
    status: 401,
    error: 'Unauthorized',
    detail: 'the Authorization header must hold a token',
  },
  ACCESS_DENIED: {
    status: 403,
    error: 'AccessDenied',
    detail: 'the token or the signing identity may not call this route; a token may be disabled or have expired',
  },
  EXPIRED_TOKEN: { status: 403, error: 'ExpiredToken', detail: 'the signing credentials have expired' },
  // A good token whose application's key the gateway does not know yet: not for the sender to worry about.
  INVALID_API_KEY: {
    status: 503,
    error: 'Unavailable',
    detail:
      'the token is about to be known everywhere; send the same request again after the seconds that Retry-After says',
    headers: { 'Retry-After': "'5'" },
  },
  INVALID_SIGNATURE: {
    status: 403,
    error: 'InvalidSignature',
    detail: 'the signature does not belong to this request; check the secret key, the clock and the signed headers',
  },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    error: 'AccessDenied',
    detail: 'there is no such route, or the call must be signed (Signature Version 4)',
  },
  WAF_FILTERED: { status: 403, error: 'AccessDenied', detail: 'the request was filtered' },
  RESOURCE_NOT_FOUND: { status: 404, error: 'NotFound', detail: 'there is no such route' },
  REQUEST_TOO_LARGE: {
    status: 413,
    error: 'RequestTooLarge',
    detail: 'send the request in parts of less than 1,000,000 bytes',
  },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, error: 'UnsupportedMediaType', detail: 'send application/json' },
  THROTTLED: {
    status: 429,
    error: 'Throttled',
    detail: 'too many requests; send the same request again after the seconds that Retry-After says',
    headers: retryLater,
  },
  QUOTA_EXCEEDED: { status: 429, error: 'QuotaExceeded', detail: 'the quota is used up', headers: retryLater },
  API_CONFIGURATION_ERROR: { status: 500, error: 'InternalError', detail: sendAgain },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, error: 'InternalError', detail: sendAgain },
  AUTHORIZER_FAILURE: {
    status: 500,
    error: 'InternalError',
    detail: 'the token could not be looked up; send the same request again',
  },
  INTEGRATION_FAILURE: { status: 504, error: 'IntegrationFailure', detail: sendAgain },
  INTEGRATION_TIMEOUT: { status: 504, error: 'IntegrationTimeout', detail: sendAgain },
  DEFAULT_4XX: { error: 'RequestRefused' },
  DEFAULT_5XX: { error: 'InternalError' },
};

/** The gateway's own errors as the design has errors: our JSON, our status, readable by a page of an allowed origin. */
export const gatewayResponses = (corsOrigins: readonly string[]) =>
  Object.fromEntries(
    Object.entries(gatewayErrors).map(([type, { status, error, detail, headers }]) => [
      type,
      {
        ...(status !== undefined && { statusCode: String(status) }),
        responseParameters: mapHeaders('gatewayresponse', { ...gatewayErrorHeaders(corsOrigins), ...headers }),
        responseTemplates: { 'application/json': errorBody(error, detail) },
      },
    ]),
  );

/** Only variables are replaced in these templates; `messageString` is the message as a JSON string, quotes included. */
const errorBody = (error: string, detail: string | undefined): string =>
  `{"error":"${error}","error_detail":${detail === undefined ? '$context.error.messageString' : JSON.stringify(detail)}}`;
