import type { Route } from '../shared/http/route.ts';
import type { AdminDeps } from './action.ts';
import { createApplication } from './applications/create-application.ts';
import { deleteApplication } from './applications/delete-application.ts';
import { getApplication } from './applications/get-application.ts';
import { listApplications } from './applications/list-applications.ts';
import { createAuthorization } from './authorizations/create-authorization.ts';
import { deleteAuthorization } from './authorizations/delete-authorization.ts';
import { getAuthorization } from './authorizations/get-authorization.ts';
import { listAuthorizations } from './authorizations/list-authorizations.ts';
import { rotateAuthorization } from './authorizations/rotate-authorization.ts';
import { updateAuthorization } from './authorizations/update-authorization.ts';

const application = '/applications/{applicationId}';
const authorization = `${application}/authorizations/{apiKeyId}`;

/** The admin API at a glance: resources as the gateway's definition names them. */
export const routes: readonly Route<AdminDeps>[] = [
  ['GET', '/applications', listApplications],
  ['POST', '/applications', createApplication],
  ['GET', application, getApplication],
  ['DELETE', application, deleteApplication],
  ['GET', `${application}/authorizations`, listAuthorizations],
  ['POST', `${application}/authorizations`, createAuthorization],
  ['GET', authorization, getAuthorization],
  ['PUT', authorization, updateAuthorization],
  ['DELETE', authorization, deleteAuthorization],
  ['POST', `${authorization}/rotate`, rotateAuthorization],
];
