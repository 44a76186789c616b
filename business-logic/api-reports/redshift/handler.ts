import { readFileSync } from 'node:fs';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { Env, readEnv } from '../../shared/env.ts';
import { createLogger } from '../../shared/logger.ts';
import type { WarehouseSql } from '../../shared/warehouse-statements.ts';
import { clientOptions, createHandler } from '../create-handler.ts';
import { redshiftEngine } from './redshift-engine.ts';

const env = readEnv(process.env, [Env.warehouseWorkgroup, Env.warehouseDatabase]);
const logger = createLogger('api-reports');

// Laid beside the bundle at synth.
const reports = JSON.parse(readFileSync(new URL('warehouse.json', import.meta.url), 'utf8')) as WarehouseSql['reports'];

/** The report routes of one audience, answered by the warehouse. */
export const handler = createHandler({
  engine: redshiftEngine({
    client: new RedshiftDataClient(clientOptions),
    workgroup: env[Env.warehouseWorkgroup],
    database: env[Env.warehouseDatabase],
    reports,
    logger,
  }),
  logger,
  now: () => Date.now(),
});
