import { AwsError } from './aws-error.ts';

/** Names of errors that mean "too much at the moment", over all services (the SDKs' list). */
const throttling: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

const temporary: ReadonlySet<string> = new Set(['RequestTimeout', 'RequestTimeoutException']);

/** What a connection that could not be made, or broke, fails with. */
const brokenConnection: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Whether the same request may succeed when it is sent again. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof AwsError) {
    return error.status >= 500 || error.status === 429 || throttling.has(error.name) || temporary.has(error.name);
  }
  return error instanceof Error && 'code' in error && brokenConnection.has(String(error.code));
}

/** Whether it was refused because there is too much at the moment. */
export const isThrottling = (error: unknown): boolean => error instanceof AwsError && throttling.has(error.name);
