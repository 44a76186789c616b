import { randomUUID } from 'node:crypto';
import { createDocumentClient } from '../shared/document-client.ts';
import { Env, readEnv } from '../shared/env.ts';
import { answerRequest } from '../shared/http/answer-request.ts';
import { createLogger } from '../shared/logger.ts';
import { createToken } from '../shared/token.ts';
import { routes } from './routes.ts';
import { applicationStore } from './store/application-store.ts';
import { authorizationStore } from './store/authorization-store.ts';

const env = readEnv(process.env, [
  Env.applicationsTable,
  Env.authorizationsTable,
  Env.authorizationsByApplicationIndex,
  Env.corsOrigins,
]);
const client = createDocumentClient();

/** API Gateway's proxy integration of the admin routes; the gateway has verified the caller's signature. */
export const handler = answerRequest({
  routes,
  applications: applicationStore(client, env[Env.applicationsTable]),
  authorizations: authorizationStore(client, env[Env.authorizationsTable], env[Env.authorizationsByApplicationIndex]),
  corsOrigins: env[Env.corsOrigins].split(','),
  logger: createLogger('api-admin'),
  now: () => new Date(),
  newApplicationId: randomUUID,
  newToken: createToken,
});
