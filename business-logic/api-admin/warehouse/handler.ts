import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { Env, readEnv } from '../../shared/env.ts';
import { answerRequest } from '../../shared/http/answer-request.ts';
import { createLogger } from '../../shared/logger.ts';
import { stateObjects } from '../../shared/warehouse/state-objects.ts';
import { setupNotes } from '../../warehouse-setup/setup-progress.ts';
import { routes } from './routes.ts';
import { setupRuns } from './setup-runs.ts';

const env = readEnv(process.env, [Env.corsOrigins, Env.lakeBucket, Env.warehouseSetupKey, Env.warehouseSetupMachine]);

/** API Gateway's proxy integration of the warehouse's routes; the gateway has verified the caller's signature. */
export const handler = answerRequest({
  routes,
  setups: setupRuns(new SFNClient({}), env[Env.warehouseSetupMachine]),
  notes: setupNotes(stateObjects(new S3Client({}), env[Env.lakeBucket]), env[Env.warehouseSetupKey]),
  corsOrigins: env[Env.corsOrigins].split(','),
  logger: createLogger('api-admin-warehouse'),
});
