import { createDocumentClient } from '../shared/document-client.ts';
import { Env, readEnv } from '../shared/env.ts';
import { createLogger } from '../shared/logger.ts';
import { authorizationStore } from './authorization-store.ts';
import { authorizeRequest } from './authorize-request.ts';

const env = readEnv(process.env, [Env.authorizationsTable]);

/** API Gateway's TOKEN authorizer. */
export const handler = authorizeRequest({
  findAuthorization: authorizationStore(createDocumentClient(), env[Env.authorizationsTable]),
  logger: createLogger('api-authorizer'),
});
