import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { Env, readEnv } from '../shared/env.ts';
import { createLogger } from '../shared/logger.ts';
import { lakeObjects } from './lake-objects.ts';
import { startWorkflow } from './start-workflow.ts';
import { workflowRuns } from './workflow-runs.ts';

const env = readEnv(process.env, [Env.workflowName, Env.lakeBucket, Env.rawEventsPrefix, Env.manifestKey]);

/** What the schedule invokes. */
export const handler = startWorkflow({
  ...lakeObjects(new S3Client({}), env[Env.lakeBucket], env[Env.manifestKey]),
  rawPrefix: env[Env.rawEventsPrefix],
  startRun: workflowRuns(new GlueClient({}), env[Env.workflowName]),
  now: Date.now,
  logger: createLogger('start-workflow'),
});
