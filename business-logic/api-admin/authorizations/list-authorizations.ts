import type { Action } from '../action.ts';
import { collectInOrder } from '../collect-in-order.ts';
import { findOwner } from './find-owner.ts';
import { presentAuthorization } from './present-authorization.ts';

export const listAuthorizations: Action = async ({ params }, { applications, authorizations }) => {
  const applicationId = await findOwner(params.applicationId, applications);
  const items = await collectInOrder(
    authorizations.list(applicationId),
    ({ created_at, api_key_id }) => created_at + api_key_id,
  );
  return { status: 200, body: { Authorizations: items.map(presentAuthorization), Count: items.length } };
};
