import type { Action } from '../action.ts';
import { findOwner } from './find-owner.ts';
import { unknownAuthorization } from './unknown-authorization.ts';

export const deleteAuthorization: Action = async ({ params }, { applications, authorizations }) => {
  const applicationId = await findOwner(params.applicationId, applications);
  const deleted = await authorizations.delete(applicationId, params.apiKeyId);
  if (!deleted) throw unknownAuthorization();
  await applications.removeKey(applicationId, deleted.api_key_id);
  return { status: 200, body: { Result: 'Ok' } };
};
