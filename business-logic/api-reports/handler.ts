import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { audiences } from '../../lib/queries/read-query.ts';
import { Env, readEnv } from '../shared/env.ts';
import { answerRequest } from '../shared/http/answer-request.ts';
import { createLogger } from '../shared/logger.ts';
import { athenaEngine } from './athena/athena-engine.ts';
import { lastRunOf } from './athena/data-version.ts';
import { namedQueryTexts } from './athena/named-query-texts.ts';
import { linkSecret } from './link-secret.ts';
import type { Report } from './report.ts';
import { resultLinks } from './result-links.ts';
import { routesFor } from './routes.ts';

const env = readEnv(process.env, [
  Env.reportAudience,
  Env.workGroup,
  Env.eventsDatabase,
  Env.workflowName,
  Env.resultLinkSecret,
  Env.corsOrigins,
]);
const audience = audiences.find((known) => known === env[Env.reportAudience]);
if (!audience) throw new Error(`${Env.reportAudience} is not ${audiences.join(' or ')}`);

// Laid beside the bundle at synth, for all audiences.
const all = JSON.parse(readFileSync(new URL('reports.json', import.meta.url), 'utf8')) as Report[];
const logger = createLogger('api-reports');
const now = () => Date.now();

/** Short timeouts and three tries keep a stalled call from eating the time of the gateway. */
const options = { maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000 } };
const client = new AthenaClient(options);

/** API Gateway's proxy integration of one audience's report routes. */
export const handler = answerRequest({
  routes: routesFor(audience),
  audience,
  reports: all.filter((report) => report.audience === audience),
  engine: athenaEngine({
    client,
    database: env[Env.eventsDatabase],
    workGroup: env[Env.workGroup],
    restrictedWorkGroup: process.env[Env.restrictedWorkGroup],
    findText: namedQueryTexts(client, env[Env.workGroup]),
    findDataVersion: lastRunOf(new GlueClient(options), env[Env.workflowName]),
    logger,
    now,
  }),
  links: resultLinks(linkSecret(new SecretsManagerClient(options), env[Env.resultLinkSecret], now), now),
  corsOrigins: env[Env.corsOrigins].split(','),
  logger,
  now,
  sleep,
});
