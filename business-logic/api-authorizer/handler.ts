import { tableClient } from '../shared/aws/dynamodb/table-client.ts';
import { Env, readEnv } from '../shared/env.ts';
import { createLogger } from '../shared/logger.ts';
import { authorizationStore, usedDays } from './authorization-store.ts';
import { authorizeRequest } from './authorize-request.ts';

const env = readEnv(process.env, [Env.authorizationsTable, Env.sharedUsageKey]);
const client = tableClient();

/** API Gateway's TOKEN authorizer. */
export const handler = authorizeRequest({
  findAuthorization: authorizationStore(client, env[Env.authorizationsTable]),
  markUsed: usedDays(client, env[Env.authorizationsTable]),
  sharedUsageKey: env[Env.sharedUsageKey],
  now: () => new Date(),
  logger: createLogger('api-authorizer'),
});
