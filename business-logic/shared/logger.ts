import { Logger } from '@aws-lambda-powertools/logger';

/**
 * The logger of one function. Messages are lower-case constants with fields beside them; payloads, tokens and messages
 * of JSON errors (which quote their input) are never among the fields.
 */
export function createLogger(serviceName: string): Logger {
  return new Logger({ serviceName });
}
