import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { Env, readEnv } from '../shared/env.ts';
import { createLogger } from '../shared/logger.ts';
import type { WarehouseSql } from '../shared/warehouse-statements.ts';
import { databaseWhenNeeded } from '../shared/warehouse/database-when-needed.ts';
import { othersTurn } from '../shared/warehouse/other-executions.ts';
import { stateObjects } from '../shared/warehouse/state-objects.ts';
import { functionWhenNeeded, whenNeeded } from '../shared/when-needed.ts';
import type { FileQueue } from './file-queue.ts';
import { runRecords } from './run-record.ts';
import { loadSteps } from './steps.ts';
import { takenObjects } from './taken-objects.ts';

const env = readEnv(process.env, [
  Env.warehouseWorkgroup,
  Env.warehouseDatabase,
  Env.warehouseRoleArn,
  Env.warehouseQueueUrl,
  Env.warehouseDeadLetterUrl,
  Env.warehouseLoadMachine,
  Env.warehouseLoadMaxFiles,
  Env.warehouseLoadFolder,
  Env.lakeBucket,
  Env.eventsDatabase,
  Env.rawEventsTable,
  Env.rawEventsPrefix,
  Env.rawRetentionDays,
  Env.hotDays,
  Env.manifestKey,
]);
const sql = JSON.parse(readFileSync(new URL('warehouse.json', import.meta.url), 'utf8')) as WarehouseSql;
const objects = stateObjects(new S3Client({}), env[Env.lakeBucket]);

/** What the states of the load's machine invoke. */
export const handler = loadSteps({
  sql,
  database: databaseWhenNeeded(env[Env.warehouseWorkgroup], env[Env.warehouseDatabase]),
  queue: whenNeeded<FileQueue>(['isEmpty', 'receive', 'delete', 'giveUp'], async () => {
    const { connectQueue } = await import('./connect-queue.ts');
    return connectQueue(env[Env.warehouseQueueUrl], env[Env.warehouseDeadLetterUrl]);
  }),
  records: runRecords(objects, env[Env.warehouseLoadFolder]),
  othersTurn: othersTurn(new SFNClient({}), env[Env.warehouseLoadMachine]),
  rawColumns: functionWhenNeeded(async () => {
    const { connectCatalog } = await import('./connect-catalog.ts');
    return connectCatalog(env[Env.eventsDatabase], env[Env.rawEventsTable]);
  }),
  takenObjects: takenObjects(objects, env[Env.manifestKey]),
  bucket: env[Env.lakeBucket],
  rawPrefix: env[Env.rawEventsPrefix],
  roleArn: env[Env.warehouseRoleArn],
  liveStream: process.env[Env.ingestStream],
  maxFiles: Number(env[Env.warehouseLoadMaxFiles]),
  hotDays: Number(env[Env.hotDays]),
  rawRetentionDays: Number(env[Env.rawRetentionDays]),
  now: () => new Date(),
  newToken: randomUUID,
  logger: createLogger('warehouse-load'),
});
