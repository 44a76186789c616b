/** What API Gateway answers itself: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const TYPES = {
  ACCESS_DENIED: { status: 403, errorType: 'AccessDeniedException' },
  API_CONFIGURATION_ERROR: { status: 500, errorType: 'InternalServerErrorException' },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, errorType: 'AuthorizerConfigurationException' },
  AUTHORIZER_FAILURE: { status: 500, errorType: 'AuthorizerFailureException' },
  BAD_REQUEST_BODY: { status: 400, errorType: 'BadRequestException' },
  BAD_REQUEST_PARAMETERS: { status: 400, errorType: 'BadRequestException' },
  DEFAULT_4XX: { status: 400, errorType: 'BadRequestException' },
  DEFAULT_5XX: { status: 500, errorType: 'InternalServerErrorException' },
  EXPIRED_TOKEN: { status: 403, errorType: 'ExpiredTokenException' },
  INTEGRATION_FAILURE: { status: 504, errorType: 'InternalServerErrorException' },
  INTEGRATION_TIMEOUT: { status: 504, errorType: 'GatewayTimeoutException' },
  INVALID_API_KEY: { status: 403, errorType: 'ForbiddenException' },
  INVALID_SIGNATURE: { status: 403, errorType: 'InvalidSignatureException' },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, errorType: 'MissingAuthenticationTokenException' },
  REQUEST_TOO_LARGE: { status: 413, errorType: 'RequestEntityTooLargeException' },
  RESOURCE_NOT_FOUND: { status: 404, errorType: 'NotFoundException' },
  THROTTLED: { status: 429, errorType: 'TooManyRequestsException' },
  UNAUTHORIZED: { status: 401, errorType: 'UnauthorizedException' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, errorType: 'UnsupportedMediaTypeException' },
} as const;

export type GatewayErrorType = keyof typeof TYPES;

export interface GatewayErrorOptions {
  readonly cause?: unknown;
  /** Instead of the type's own; a gateway response that sets a status still wins. */
  readonly status?: number;
  /** Which rules a body broke, for `$context.error.validationErrorString`. */
  readonly validationErrors?: string;
}

/** Ends a request with one of API Gateway's own answers. A null message is what AWS sends for some failures. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly type: GatewayErrorType;
  readonly gatewayMessage: string | null;
  readonly status: number;
  readonly validationErrors: string | undefined;

  constructor(type: GatewayErrorType, message: string | null, options: GatewayErrorOptions = {}) {
    super(message ?? type, { cause: options.cause });
    this.type = type;
    this.gatewayMessage = message;
    this.status = options.status ?? TYPES[type].status;
    this.validationErrors = options.validationErrors;
  }

  /** For the header `x-amzn-ErrorType`. */
  get errorType(): string {
    return TYPES[this.type].errorType;
  }
}
