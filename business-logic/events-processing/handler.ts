import { readFileSync } from 'node:fs';
import type { Declarations } from '../../lib/schemas/declarations.ts';
import { tableClient } from '../shared/aws/dynamodb/table-client.ts';
import { Env, readEnv } from '../shared/env.ts';
import { createLogger } from '../shared/logger.ts';
import { metricWriter } from '../shared/metrics.ts';
import { cachedLookup } from './cached-lookup.ts';
import { findAmong } from './declared-event.ts';
import { envelopeErrorsBy } from './envelope.ts';
import { applicationStore } from './find-application.ts';
import { awsKeyService } from './personal-data/aws-key-service.ts';
import { keyTable } from './personal-data/key-table.ts';
import { personalData } from './personal-data/personal-data.ts';
import { transformBatch } from './transform-batch.ts';
import type { CompiledValidators } from './validators.ts';

const env = readEnv(process.env, [
  Env.applicationsTable,
  Env.playerKeysTable,
  Env.piiKeyId,
  Env.digestSecret,
  Env.undeclaredEventTypes,
  Env.maxEventAgeDays,
]);

// Both are written beside the bundle when it is built, from config/events/: what is declared, and compiled validators.
const schemas = JSON.parse(readFileSync(new URL('event-schemas.json', import.meta.url), 'utf8')) as Declarations;
const compiled = new URL('event-validators.mjs', import.meta.url).href;
const { envelope, eventData } = (await import(compiled)) as CompiledValidators;

const client = tableClient();

/** Firehose's transform. */
export const handler = transformBatch({
  findApplication: cachedLookup(applicationStore(client, env[Env.applicationsTable]), {
    maxEntries: 10_000,
    foundSeconds: 60,
    missingSeconds: 5,
  }),
  openKeys: personalData({
    table: keyTable(client, env[Env.playerKeysTable]),
    service: awsKeyService({ kmsKeyId: env[Env.piiKeyId], digestSecretId: env[Env.digestSecret] }),
    now: Date.now,
  }),
  rules: {
    envelopeErrors: envelopeErrorsBy(envelope),
    findDeclaredEvent: findAmong(schemas, ({ $id: id }) => eventData[id]!),
    rejectsUndeclared: env[Env.undeclaredEventTypes] === 'REJECT',
    maxEventAgeDays: Number(env[Env.maxEventAgeDays]),
  },
  now: Date.now,
  logger: createLogger('events-processing'),
  count: metricWriter(),
});
