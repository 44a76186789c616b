import { readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { answerDeployment } from '../shared/deployment-answer.ts';
import { Env, readEnv } from '../shared/env.ts';
import { createLogger } from '../shared/logger.ts';
import type { WarehouseSql } from '../shared/warehouse-statements.ts';
import { databaseWhenNeeded } from '../shared/warehouse/database-when-needed.ts';
import { daysBefore } from '../shared/warehouse/days-before.ts';
import { othersTurn } from '../shared/warehouse/other-executions.ts';
import { stateObjects } from '../shared/warehouse/state-objects.ts';
import { functionWhenNeeded } from '../shared/when-needed.ts';
import { setupNotes } from './setup-progress.ts';
import { stepRunner } from './setup-steps.ts';
import { setupWarehouse } from './setup-warehouse.ts';

const env = readEnv(process.env, [
  Env.warehouseWorkgroup,
  Env.warehouseDatabase,
  Env.warehouseRoleArn,
  Env.warehouseRestrictedRoleArn,
  Env.warehouseReportUser,
  Env.warehouseRestrictedUser,
  Env.warehouseSetupMachine,
  Env.warehouseSetupKey,
  Env.usageLimitRpuHours,
  Env.lakeBucket,
  Env.hotDays,
]);
const sql = JSON.parse(readFileSync(new URL('warehouse.json', import.meta.url), 'utf8')) as WarehouseSql;
const workgroup = env[Env.warehouseWorkgroup];
const machines = new SFNClient({});
const limitDay = functionWhenNeeded(async () => {
  const { connectUsageLimit } = await import('./connect-usage-limit.ts');
  return connectUsageLimit(workgroup);
});
const database = databaseWhenNeeded(workgroup, env[Env.warehouseDatabase]);
const values = {
  ROLE_ARN: env[Env.warehouseRoleArn],
  RESTRICTED_ROLE_ARN: env[Env.warehouseRestrictedRoleArn],
  DATABASE: env[Env.warehouseDatabase],
  REPORT_USER: env[Env.warehouseReportUser],
  RESTRICTED_USER: env[Env.warehouseRestrictedUser],
  // Where there is a live view.
  STREAM: process.env[Env.ingestStream],
};

/** What CloudFormation invokes for the custom resource, and the states of the setup's machine. */
export const handler = setupWarehouse({
  steps: stepRunner(sql, database, values, () => daysBefore(new Date(), Number(env[Env.hotDays]))),
  notes: setupNotes(stateObjects(new S3Client({}), env[Env.lakeBucket]), env[Env.warehouseSetupKey]),
  othersTurn: othersTurn(machines, env[Env.warehouseSetupMachine]),
  setUsageLimit: () => limitDay(Number(env[Env.usageLimitRpuHours])),
  startSetup: async (input) => {
    const stateMachineArn = env[Env.warehouseSetupMachine];
    await machines.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  },
  answer: answerDeployment({ physicalId: 'warehouse-setup', reason: 'the warehouse is set up' }),
  now: Date.now,
  logger: createLogger('warehouse-setup'),
});
