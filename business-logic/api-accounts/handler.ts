import { tableClient } from '../shared/aws/dynamodb/table-client.ts';
import { secretsManager } from '../shared/aws/secrets-manager.ts';
import { Env, readEnv } from '../shared/env.ts';
import { answerRequest } from '../shared/http/answer-request.ts';
import { createLogger } from '../shared/logger.ts';
import { secretText } from '../shared/secret-text.ts';
import { putBatch } from './delivery/put-batch.ts';
import { putRecords } from '../shared/delivery/put-records.ts';
import { recordSchemas } from './records/record-schemas.ts';
import { routes } from './routes.ts';
import { gameStore } from './store/game-store.ts';
import { noteRegistrations } from './store/note-registrations.ts';

const env = readEnv(process.env, [Env.applicationsTable, Env.digestSecret, Env.corsOrigins]);
const now = () => new Date();
const games = gameStore(tableClient(), env[Env.applicationsTable]);

/** API Gateway's proxy integration of the account routes; the authorizer has verified the caller's token. */
export const handler = answerRequest({
  routes,
  games,
  noteRegistrations: noteRegistrations(games),
  putRecords: putRecords(await putBatch(process.env)),
  schemas: recordSchemas(now),
  idKey: secretText(secretsManager(), env[Env.digestSecret]),
  corsOrigins: env[Env.corsOrigins].split(','),
  logger: createLogger('api-accounts'),
  now,
});
