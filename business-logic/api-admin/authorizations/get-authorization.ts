import type { Action } from '../action.ts';
import { findOwner } from './find-owner.ts';
import { presentAuthorization } from './present-authorization.ts';
import { unknownAuthorization } from './unknown-authorization.ts';

export const getAuthorization: Action = async ({ params }, { applications, authorizations }) => {
  const applicationId = await findOwner(params.applicationId, applications);
  const found = await authorizations.find(applicationId, params.apiKeyId);
  if (!found) throw unknownAuthorization();
  return { status: 200, body: presentAuthorization(found) };
};
