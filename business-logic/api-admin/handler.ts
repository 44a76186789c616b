import { randomUUID } from 'node:crypto';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { tableClient } from '../shared/aws/dynamodb/table-client.ts';
import { Env, readEnv } from '../shared/env.ts';
import { answerRequest } from '../shared/http/answer-request.ts';
import { createLogger } from '../shared/logger.ts';
import { createToken } from '../shared/token.ts';
import { countOpen } from './registrations/count-open.ts';
import { lastRunAt } from './registrations/last-run-at.ts';
import { routes } from './routes.ts';
import { applicationStore } from './store/application-store.ts';
import { authorizationStore } from './store/authorization-store.ts';
import { gatewayUsageKeys } from './usage-keys/gateway-usage-keys.ts';

const env = readEnv(process.env, [
  Env.applicationsTable,
  Env.authorizationsTable,
  Env.authorizationsByApplicationIndex,
  Env.corsOrigins,
  Env.workGroup,
  Env.eventsDatabase,
  Env.workflowName,
  Env.workloadName,
  Env.clientUsagePlan,
  Env.serverUsagePlan,
]);
const client = tableClient();
const logger = createLogger('api-admin');

/** API Gateway's proxy integration of the admin routes; the gateway has verified the caller's signature. */
export const handler = answerRequest({
  routes,
  applications: applicationStore(client, env[Env.applicationsTable]),
  authorizations: authorizationStore(client, env[Env.authorizationsTable], env[Env.authorizationsByApplicationIndex]),
  registrations: {
    countOpen: countOpen(new AthenaClient({}), { workGroup: env[Env.workGroup], database: env[Env.eventsDatabase] }),
    lastRunAt: lastRunAt(new GlueClient({}), env[Env.workflowName]),
  },
  usageKeys: gatewayUsageKeys(new APIGatewayClient({}), {
    workload: env[Env.workloadName],
    plans: { client: env[Env.clientUsagePlan], server: env[Env.serverUsagePlan] },
    logger,
  }),
  corsOrigins: env[Env.corsOrigins].split(','),
  logger,
  now: () => new Date(),
  newApplicationId: randomUUID,
  newToken: createToken,
});
