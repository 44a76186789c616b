import { Conflict } from '../../shared/http/errors.ts';
import type { Action } from '../action.ts';
import { checkUnregistered } from './check-unregistered.ts';
import { findApplication } from './find-application.ts';

/**
 * Deletes an application, its authorizations and the API keys that limit it, unless players are registered for it. From
 * the mark on no authorization can be added to it, and the mark gives the ids of all there are, which the index alone
 * might not know yet. Died on the way, it is simply called again.
 */
export const deleteApplication: Action = async ({ params }, deps) => {
  const { applications, authorizations, registrations, usageKeys, now } = deps;
  const application = await findApplication(params.applicationId, applications);
  const { application_id: applicationId } = application;
  await checkUnregistered(application, registrations);
  const marked = await applications.markDeleting(application, now().toISOString());
  if (!marked) throw new Conflict('the application has changed in the meantime; try again');
  const keyIds = new Set(marked);
  for await (const { api_key_id: keyId } of authorizations.list(applicationId)) keyIds.add(keyId);
  await authorizations.deleteAll(keyIds);
  await usageKeys.deleteAll(applicationId);
  await applications.delete(applicationId);
  return { status: 200, body: { Result: 'Ok' } };
};
