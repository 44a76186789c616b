import type { Action } from '../action.ts';
import { findApplication } from './find-application.ts';
import { presentApplication } from './present-application.ts';

export const getApplication: Action = async ({ params }, { applications }) => {
  const application = await findApplication(params.applicationId, applications);
  return { status: 200, body: presentApplication(application) };
};
