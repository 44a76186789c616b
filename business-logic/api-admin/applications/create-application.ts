import { parseBody } from '../../shared/http/parse-body.ts';
import type { Action } from '../action.ts';
import { creation } from '../request-bodies.ts';
import { presentApplication } from './present-application.ts';

export const createApplication: Action = async ({ body }, { applications, newApplicationId, now }) => {
  const { Name, Description } = parseBody(creation, body);
  const createdAt = now().toISOString();
  const item = {
    application_id: newApplicationId(),
    application_name: Name,
    description: Description,
    created_at: createdAt,
    updated_at: createdAt,
  };
  await applications.create(item);
  return { status: 201, body: presentApplication(item) };
};
