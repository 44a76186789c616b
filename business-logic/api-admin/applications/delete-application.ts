import type { Action } from '../action.ts';
import { findApplication } from './find-application.ts';

/**
 * Deletes an application and its authorizations. From the mark on no authorization can be added to it, and the mark
 * gives the ids of all there are, which the index alone might not know yet. Died on the way, it is simply called again.
 */
export const deleteApplication: Action = async ({ params }, { applications, authorizations, now }) => {
  const { application_id: applicationId } = await findApplication(params.applicationId, applications);
  const keyIds = new Set(await applications.markDeleting(applicationId, now().toISOString()));
  for await (const { api_key_id: keyId } of authorizations.list(applicationId)) keyIds.add(keyId);
  await authorizations.deleteAll(keyIds);
  await applications.delete(applicationId);
  return { status: 200, body: { Result: 'Ok' } };
};
