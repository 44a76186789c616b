import { randomUUID } from 'node:crypto';
import { tableClient } from '../shared/aws/dynamodb/table-client.ts';
import { Env, readEnv } from '../shared/env.ts';
import { answerRequest } from '../shared/http/answer-request.ts';
import { createLogger } from '../shared/logger.ts';
import { createToken } from '../shared/token.ts';
import { whenNeeded } from '../shared/when-needed.ts';
import { routes } from './routes.ts';
import { applicationStore } from './store/application-store.ts';
import { authorizationStore } from './store/authorization-store.ts';

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
  // Deleting a game alone needs it.
  registrations: whenNeeded(['countOpen', 'lastRunAt'], async () => {
    const { connectRegistrations } = await import('./registrations/connect-registrations.ts');
    return connectRegistrations({
      workGroup: env[Env.workGroup],
      database: env[Env.eventsDatabase],
      workflow: env[Env.workflowName],
    });
  }),
  usageKeys: whenNeeded(['ensure', 'deleteAll'], async () => {
    const { connectUsageKeys } = await import('./usage-keys/connect-usage-keys.ts');
    const plans = { client: env[Env.clientUsagePlan], server: env[Env.serverUsagePlan] };
    return connectUsageKeys({ workload: env[Env.workloadName], plans, logger });
  }),
  corsOrigins: env[Env.corsOrigins].split(','),
  logger,
  now: () => new Date(),
  newApplicationId: randomUUID,
  newToken: createToken,
});
