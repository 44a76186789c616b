import { parseBody } from '../../shared/http/parse-body.ts';
import type { Action } from '../action.ts';
import { authorizationCreation } from '../request-bodies.ts';
import { checkExpiry } from './check-expiry.ts';
import { checkRole } from './check-role.ts';
import { findOwner } from './find-owner.ts';
import { makeAuthorization } from './make-authorization.ts';
import { presentAuthorization } from './present-authorization.ts';

/**
 * Makes a token for an application or, under the reserved one, for a studio or the publisher. The token itself stands in
 * this answer and nowhere else.
 */
export const createAuthorization: Action = async ({ params, body }, deps) => {
  const creation = parseBody(authorizationCreation, body);
  const applicationId = await findOwner(params.applicationId, deps.applications);
  const createdAt = deps.now();
  checkExpiry(creation.ExpiresAt, createdAt);
  const { item, token } = await makeAuthorization(
    {
      application_id: applicationId,
      api_key_name: creation.Name,
      api_key_description: creation.Description,
      ...checkRole(applicationId, creation),
      ...(creation.ExpiresAt !== undefined && { expires_at: creation.ExpiresAt }),
      created_at: createdAt.toISOString(),
    },
    deps,
  );
  return { status: 201, body: { ...presentAuthorization(item), ApiKeyValue: token } };
};
