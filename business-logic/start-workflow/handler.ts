import { S3Client } from '@aws-sdk/client-s3';
import { Env, readEnv } from '../shared/env.ts';
import { createLogger } from '../shared/logger.ts';
import { functionWhenNeeded } from '../shared/when-needed.ts';
import { lakeObjects } from './lake-objects.ts';
import { startWorkflow } from './start-workflow.ts';

const env = readEnv(process.env, [Env.workflowName, Env.lakeBucket, Env.rawEventsPrefix, Env.manifestKey]);

/** What the schedule invokes. */
export const handler = startWorkflow({
  ...lakeObjects(new S3Client({}), env[Env.lakeBucket], env[Env.manifestKey]),
  rawPrefix: env[Env.rawEventsPrefix],
  // Most looks find nothing to do.
  startRun: functionWhenNeeded(async () => {
    const { connectRuns } = await import('./connect-runs.ts');
    return connectRuns(env[Env.workflowName]);
  }),
  now: Date.now,
  logger: createLogger('start-workflow'),
});
