import { Conflict } from '../../shared/http/errors.ts';
import { parseBody } from '../../shared/http/parse-body.ts';
import { accountsApplicationId } from '../../shared/reserved-applications.ts';
import { digestToken } from '../../shared/token.ts';
import type { Action, AdminDeps } from '../action.ts';
import { authorizationCreation } from '../request-bodies.ts';
import type { AuthorizationItem } from '../store/authorization-store.ts';
import { checkRole } from './check-role.ts';
import { findOwner } from './find-owner.ts';
import { presentAuthorization } from './present-authorization.ts';

/**
 * Makes a token for an application or, under the reserved one, for a studio or the publisher. The token itself stands in
 * this answer and nowhere else.
 */
export const createAuthorization: Action = async ({ params, body }, deps) => {
  const creation = parseBody(authorizationCreation, body);
  const applicationId = await findOwner(params.applicationId, deps.applications);
  const { keyId, token } = deps.newToken();
  const createdAt = deps.now().toISOString();
  const pending: AuthorizationItem = {
    api_key_id: keyId,
    application_id: applicationId,
    api_key_name: creation.Name,
    api_key_description: creation.Description,
    ...checkRole(applicationId, creation),
    enabled: false,
    token_digest: digestToken(token),
    created_at: createdAt,
    updated_at: createdAt,
  };
  const enabled = await store(pending, deps);
  return { status: 201, body: { ...presentAuthorization(enabled), ApiKeyValue: token } };
};

/** The reserved application has no row and is never deleted: its authorizations cannot outlive it. */
async function store(pending: AuthorizationItem, deps: AdminDeps): Promise<AuthorizationItem> {
  if (pending.application_id !== accountsApplicationId) return addToApplication(pending, deps);
  const enabled = { ...pending, enabled: true };
  await deps.authorizations.create(enabled);
  return enabled;
}

/**
 * Stores an authorization so that none can outlive its application: first disabled; then its id is added to the
 * application, which fails once that is being deleted; enabled last. A deletion that begins after the second step finds
 * the id and deletes the item, and the third step fails. Died on the way, a disabled token is left, seen and deletable.
 */
async function addToApplication(
  pending: AuthorizationItem,
  { applications, authorizations }: AdminDeps,
): Promise<AuthorizationItem> {
  const { application_id: applicationId, api_key_id: keyId, created_at: createdAt } = pending;
  await authorizations.create(pending);
  const isAdded = await applications.addKey(applicationId, keyId);
  if (!isAdded) await authorizations.deleteAll([keyId]);
  const enabled = isAdded ? await authorizations.setEnabled(applicationId, keyId, true, createdAt) : undefined;
  if (!enabled) throw new Conflict('the application is being deleted');
  return enabled;
}
