import { parseBody } from '../../shared/http/parse-body.ts';
import type { Action } from '../action.ts';
import { authorizationChange } from '../request-bodies.ts';
import { findOwner } from './find-owner.ts';
import { presentAuthorization } from './present-authorization.ts';
import { unknownAuthorization } from './unknown-authorization.ts';

/** Turns a token on or off. The gateway may go on using its cached answer for the authorizer's time to live. */
export const updateAuthorization: Action = async ({ params, body }, { applications, authorizations, now }) => {
  const { Enabled } = parseBody(authorizationChange, body);
  const applicationId = await findOwner(params.applicationId, applications);
  const changed = await authorizations.setEnabled(applicationId, params.apiKeyId, Enabled, now().toISOString());
  if (!changed) throw unknownAuthorization();
  return { status: 200, body: presentAuthorization(changed) };
};
