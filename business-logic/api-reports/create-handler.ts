import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { audiences } from '../../lib/queries/read-query.ts';
import { secretsManager } from '../shared/aws/secrets-manager.ts';
import { Env, readEnv } from '../shared/env.ts';
import { answerRequest } from '../shared/http/answer-request.ts';
import type { Logger } from '../shared/logger.ts';
import { linkSecret } from './link-secret.ts';
import type { Report } from './report.ts';
import type { ReportEngine } from './report-engine.ts';
import { resultLinks } from './result-links.ts';
import { routesFor } from './routes.ts';

/** Short timeouts and three tries keep a stalled call from eating the time of the gateway. */
export const clientOptions = { maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000 } };

/** What the entries of all engines give. */
export interface HandlerDeps {
  readonly engine: ReportEngine;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  readonly now: () => number;
}

/**
 * API Gateway's proxy integration of one audience's report routes, over any engine. Reads the environment and the
 * `reports.json` that synth lays beside the bundle, for all audiences.
 * @throws Error for an environment that is not that of a stack
 */
export function createHandler({ engine, logger, now }: HandlerDeps) {
  const env = readEnv(process.env, [Env.reportAudience, Env.resultLinkSecret, Env.corsOrigins]);
  const audience = audiences.find((known) => known === env[Env.reportAudience]);
  if (!audience) throw new Error(`${Env.reportAudience} is not ${audiences.join(' or ')}`);
  const all = JSON.parse(readFileSync(new URL('reports.json', import.meta.url), 'utf8')) as Report[];

  return answerRequest({
    routes: routesFor(audience),
    audience,
    reports: all.filter((report) => report.audience === audience),
    engine,
    links: resultLinks(linkSecret(secretsManager(), env[Env.resultLinkSecret], now), now),
    corsOrigins: env[Env.corsOrigins].split(','),
    logger,
    now,
    sleep,
  });
}
