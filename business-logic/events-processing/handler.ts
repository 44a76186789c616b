import { readFileSync } from 'node:fs';
import type { FirehoseTransformationEvent, FirehoseTransformationResult } from 'aws-lambda';
import { Env, readEnv } from '../shared/env.ts';

readEnv(process.env, [Env.applicationsTable, Env.undeclaredEventTypes, Env.maxEventAgeDays]);
readFileSync(new URL('event-schemas.json', import.meta.url), 'utf8');

export async function handler({ records }: FirehoseTransformationEvent): Promise<FirehoseTransformationResult> {
  return { records: records.map(({ recordId, data }) => ({ recordId, data, result: 'ProcessingFailed' })) };
}
