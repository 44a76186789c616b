import type * as z from 'zod';
import { parseBody } from '../../shared/http/parse-body.ts';
import type { TokenClass } from '../../shared/token-classes.ts';
import type { Action, AdminDeps } from '../action.ts';
import { authorizationChange } from '../request-bodies.ts';
import type { AuthorizationChange } from '../store/authorization-store.ts';
import { checkExpiry } from './check-expiry.ts';
import { checkNoClass } from './check-role.ts';
import { findOwner } from './find-owner.ts';
import { presentAuthorization } from './present-authorization.ts';
import { unknownAuthorization } from './unknown-authorization.ts';

/**
 * Turns a token on or off, says when it expires, or gives it the limits of a class: of the one it has, too, which makes
 * good an API key that is missing. The gateway may go on using its cached answer for the authorizer's time to live.
 */
export const updateAuthorization: Action = async ({ params, body }, deps) => {
  const change = parseBody(authorizationChange, body);
  const changedAt = deps.now();
  checkExpiry(change.ExpiresAt, changedAt);
  const applicationId = await findOwner(params.applicationId, deps.applications);
  const stored = await storedChange(change, { applicationId, keyId: params.apiKeyId }, deps);
  const changed = await deps.authorizations.change(applicationId, params.apiKeyId, stored, changedAt.toISOString());
  if (!changed) {
    if (change.Class !== undefined) await dropKeysOfNobody(applicationId, deps);
    throw unknownAuthorization();
  }
  return { status: 200, body: presentAuthorization(changed) };
};

/** The application may have been deleted while its API key was made. */
async function dropKeysOfNobody(applicationId: string, { applications, usageKeys }: AdminDeps): Promise<void> {
  const application = await applications.find(applicationId);
  if (!application || application.deleting_at !== undefined) await usageKeys.deleteAll(applicationId);
}

async function storedChange(
  { Enabled, ExpiresAt, Class }: z.output<typeof authorizationChange>,
  of: { readonly applicationId: string; readonly keyId: string | undefined },
  deps: AdminDeps,
): Promise<AuthorizationChange> {
  return {
    ...(Enabled !== undefined && { enabled: Enabled }),
    ...(ExpiresAt !== undefined && { expires_at: ExpiresAt }),
    ...(Class !== undefined && (await classChange(Class, of, deps))),
  };
}

async function classChange(
  tokenClass: TokenClass,
  { applicationId, keyId }: { readonly applicationId: string; readonly keyId: string | undefined },
  { authorizations, usageKeys }: AdminDeps,
): Promise<AuthorizationChange> {
  const found = await authorizations.find(applicationId, keyId);
  if (!found) throw unknownAuthorization();
  if (found.role !== 'game') checkNoClass(found.role, tokenClass);
  const usageKey = await usageKeys.ensure(applicationId, tokenClass);
  return { token_class: tokenClass, usage_key: usageKey ?? null };
}
