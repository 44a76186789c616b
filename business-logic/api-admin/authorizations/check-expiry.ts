import { InvalidRequest } from '../../shared/http/errors.ts';

/**
 * Sees to it that a token is not over before it begins.
 * @throws InvalidRequest when the time (ISO 8601, UTC) has passed
 */
export function checkExpiry(expiresAt: string | null | undefined, now: Date): void {
  if (expiresAt === undefined || expiresAt === null || expiresAt > now.toISOString()) return;
  throw new InvalidRequest(`ExpiresAt: ${expiresAt} has passed; to stop a token now, disable it`);
}
