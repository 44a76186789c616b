import { readFileSync } from 'node:fs';
import type { EventSchemas } from '../../lib/schemas/event-schema.ts';
import { createDocumentClient } from '../shared/document-client.ts';
import { Env, readEnv } from '../shared/env.ts';
import { createLogger } from '../shared/logger.ts';
import { metricWriter } from '../shared/metrics.ts';
import { cachedLookup } from './cached-lookup.ts';
import { declaredEvents } from './declared-events.ts';
import { applicationStore } from './find-application.ts';
import { whenNeeded } from './personal-data/key-service.ts';
import { keyTable } from './personal-data/key-table.ts';
import { personalData } from './personal-data/personal-data.ts';
import { transformBatch } from './transform-batch.ts';

const env = readEnv(process.env, [
  Env.applicationsTable,
  Env.playerKeysTable,
  Env.piiKeyId,
  Env.digestSecret,
  Env.undeclaredEventTypes,
  Env.maxEventAgeDays,
]);

/** Written beside the bundle when it is built, from config/events/. */
const schemas = JSON.parse(readFileSync(new URL('event-schemas.json', import.meta.url), 'utf8')) as EventSchemas;

const client = createDocumentClient();

/** KMS and Secrets Manager, loaded with the first event that holds personal data. */
const keyService = whenNeeded(async () => {
  const { awsKeyService } = await import('./personal-data/aws-key-service.ts');
  return awsKeyService({ kmsKeyId: env[Env.piiKeyId], digestSecretId: env[Env.digestSecret] });
});

/** Firehose's transform. */
export const handler = transformBatch({
  findApplication: cachedLookup(applicationStore(client, env[Env.applicationsTable]), {
    maxEntries: 10_000,
    foundSeconds: 60,
    missingSeconds: 5,
  }),
  openKeys: personalData({
    table: keyTable(client, env[Env.playerKeysTable]),
    service: keyService,
    now: Date.now,
  }),
  rules: {
    findDeclaredEvent: declaredEvents(schemas),
    rejectsUndeclared: env[Env.undeclaredEventTypes] === 'REJECT',
    maxEventAgeDays: Number(env[Env.maxEventAgeDays]),
  },
  now: Date.now,
  logger: createLogger('events-processing'),
  count: metricWriter(),
});
