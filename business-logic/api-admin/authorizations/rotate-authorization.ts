import { InvalidRequest } from '../../shared/http/errors.ts';
import { parseBody } from '../../shared/http/parse-body.ts';
import { tokenClassOf } from '../../shared/token-classes.ts';
import type { Action } from '../action.ts';
import { authorizationRotation } from '../request-bodies.ts';
import type { AuthorizationItem } from '../store/authorization-store.ts';
import { checkExpiry } from './check-expiry.ts';
import { findOwner } from './find-owner.ts';
import { makeAuthorization } from './make-authorization.ts';
import { presentAuthorization } from './present-authorization.ts';
import { unknownAuthorization } from './unknown-authorization.ts';

/**
 * Makes a token like another one, which from now on expires after the overlap: until then both work. The new one is made
 * first, so that at no moment there is none. Died in between, both are left without an end: it is simply called again.
 */
export const rotateAuthorization: Action = async ({ params, body }, deps) => {
  const { OverlapSeconds, ExpiresAt } = parseBody(authorizationRotation, body ?? {});
  const applicationId = await findOwner(params.applicationId, deps.applications);
  const old = await deps.authorizations.find(applicationId, params.apiKeyId);
  if (!old) throw unknownAuthorization();
  const rotatedAt = deps.now();
  const expiresAt = newExpiry(old, ExpiresAt);
  checkExpiry(expiresAt, rotatedAt);

  const { item, token } = await makeAuthorization(
    {
      application_id: applicationId,
      api_key_name: old.api_key_name,
      api_key_description: old.api_key_description,
      role: old.role,
      ...(old.studio_id !== undefined && { studio_id: old.studio_id }),
      ...(old.role === 'game' && { token_class: tokenClassOf(old.token_class) }),
      ...(expiresAt !== null && { expires_at: expiresAt }),
      created_at: rotatedAt.toISOString(),
    },
    deps,
  );
  const endsAt = new Date(rotatedAt.getTime() + OverlapSeconds * 1_000).toISOString();
  const endsSooner = old.expires_at !== undefined && old.expires_at <= endsAt;
  const ended = endsSooner
    ? old
    : await deps.authorizations.change(applicationId, old.api_key_id, { expires_at: endsAt }, rotatedAt.toISOString());
  // Deleted in the meantime, the old token works no more: nothing is left to end.
  return {
    status: 201,
    body: { ...presentAuthorization(item), ApiKeyValue: token, Replaced: presentAuthorization(ended ?? old) },
  };
};

/** A token that was to end is not replaced by one that never does unless somebody says so. */
function newExpiry({ expires_at }: AuthorizationItem, given: string | null | undefined): string | null {
  if (given !== undefined) return given;
  if (expires_at === undefined) return null;
  throw new InvalidRequest(
    `ExpiresAt: is missing; the token expires at ${expires_at}: say when the new one does (null: never)`,
  );
}
