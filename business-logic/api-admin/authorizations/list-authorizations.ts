import type { Action } from '../action.ts';
import { findApplication } from '../applications/find-application.ts';
import { collectInOrder } from '../collect-in-order.ts';
import { presentAuthorization } from './present-authorization.ts';

export const listAuthorizations: Action = async ({ params }, { applications, authorizations }) => {
  const { application_id: applicationId } = await findApplication(params.applicationId, applications);
  const items = await collectInOrder(
    authorizations.list(applicationId),
    ({ created_at, api_key_id }) => created_at + api_key_id,
  );
  return { status: 200, body: { Authorizations: items.map(presentAuthorization), Count: items.length } };
};
