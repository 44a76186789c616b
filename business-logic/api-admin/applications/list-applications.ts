import type { Action } from '../action.ts';
import { collectInOrder } from '../collect-in-order.ts';
import { presentApplication } from './present-application.ts';

export const listApplications: Action = async (_request, { applications }) => {
  const items = await collectInOrder(
    applications.list(),
    ({ created_at, application_id }) => created_at + application_id,
  );
  return { status: 200, body: { Applications: items.map(presentApplication), Count: items.length } };
};
