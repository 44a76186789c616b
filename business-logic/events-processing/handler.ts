import { readFileSync } from 'node:fs';
import type { EventSchemas } from '../../lib/schemas/event-schema.ts';
import { createDocumentClient } from '../shared/document-client.ts';
import { Env, readEnv } from '../shared/env.ts';
import { createLogger } from '../shared/logger.ts';
import { cachedLookup } from './cached-lookup.ts';
import { declaredEvents } from './declared-events.ts';
import { applicationStore } from './find-application.ts';
import { transformBatch } from './transform-batch.ts';

const env = readEnv(process.env, [Env.applicationsTable, Env.undeclaredEventTypes, Env.maxEventAgeDays]);

/** Written beside the bundle when it is built, from config/events/. */
const schemas = JSON.parse(readFileSync(new URL('event-schemas.json', import.meta.url), 'utf8')) as EventSchemas;

/** Firehose's transform. */
export const handler = transformBatch({
  findApplication: cachedLookup(applicationStore(createDocumentClient(), env[Env.applicationsTable]), {
    maxEntries: 10_000,
    foundSeconds: 60,
    missingSeconds: 5,
  }),
  rules: {
    findDeclaredEvent: declaredEvents(schemas),
    rejectsUndeclared: env[Env.undeclaredEventTypes] === 'REJECT',
    maxEventAgeDays: Number(env[Env.maxEventAgeDays]),
  },
  now: Date.now,
  logger: createLogger('events-processing'),
});
