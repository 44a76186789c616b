import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { Env, readEnv } from '../shared/env.ts';
import { createLogger } from '../shared/logger.ts';
import { athenaEngine } from './athena/athena-engine.ts';
import { lastRunOf } from './athena/data-version.ts';
import { namedQueryTexts } from './athena/named-query-texts.ts';
import { clientOptions, createHandler } from './create-handler.ts';

const env = readEnv(process.env, [Env.workGroup, Env.eventsDatabase, Env.workflowName]);
const logger = createLogger('api-reports');
const now = () => Date.now();
const client = new AthenaClient(clientOptions);

/** The report routes of one audience, answered by Athena. */
export const handler = createHandler({
  engine: athenaEngine({
    client,
    database: env[Env.eventsDatabase],
    workGroup: env[Env.workGroup],
    restrictedWorkGroup: process.env[Env.restrictedWorkGroup],
    findText: namedQueryTexts(client, env[Env.workGroup]),
    findDataVersion: lastRunOf(new GlueClient(clientOptions), env[Env.workflowName]),
    logger,
    now,
  }),
  logger,
  now,
});
