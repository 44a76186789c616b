import { createHash } from 'node:crypto';
import { CustomResource, Duration } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { Env } from '../../../business-logic/shared/env.ts';
import type { WarehouseSql } from '../../../business-logic/shared/warehouse-statements.ts';
import type { PipelineConfig } from '../../../config/schema.ts';
import type { KinesisStream } from '../kinesis-stream.ts';
import { warehouseSetupKey } from '../lake-folders.ts';
import { reportRoleName } from '../report-role-name.ts';
import { setupDefinition } from './setup-definition.ts';
import { StateMachine, stateMachineArn } from './state-machine.ts';
import { WarehouseFunction } from './warehouse-function.ts';
import type { WarehouseReaders } from './warehouse-readers.ts';
import type { Warehouse } from './warehouse.ts';

export interface WarehouseSetupProps {
  readonly config: PipelineConfig;
  readonly lake: IBucket;
  readonly warehouse: Warehouse;
  readonly readers: WarehouseReaders;
  /** What the live view reads; undefined where there is none. */
  readonly stream?: KinesisStream | undefined;
  readonly sql: WarehouseSql;
}

/** Name of the machine that sets the warehouse up. */
export const setupMachineName = ({ WORKLOAD_NAME }: PipelineConfig): string => `${WORKLOAD_NAME}-warehouse-setup`;

/**
 * Makes tables, views and users, which CloudFormation knows nothing of, and the usage limit, for which it has no type.
 * A state machine does it, so that no call waits for it; a deployment that changes a statement runs it.
 */
export class WarehouseSetup extends Construct {
  readonly machine: StateMachine;
  /** There as soon as the setup is done. */
  readonly done: CustomResource;

  constructor(scope: Construct, id: string, props: WarehouseSetupProps) {
    super(scope, id);
    const name = setupMachineName(props.config);
    const setup = this.#function(props, name);
    const { functionArn } = setup;
    this.machine = new StateMachine(this, 'Runs', { name, functionArn, definition: setupDefinition(functionArn) });
    this.done = new CustomResource(this, 'Done', {
      serviceToken: functionArn,
      resourceType: 'Custom::WarehouseSetup',
      serviceTimeout: Duration.hours(1),
      properties: { Version: digest(props) },
    });
    this.done.node.addDependency(this.machine, setup, setup.role!, props.warehouse);
  }

  #function(
    { config, lake, warehouse, readers, stream, sql }: WarehouseSetupProps,
    machine: string,
  ): WarehouseFunction {
    const setup = new WarehouseFunction(this, 'Setup', {
      config,
      folder: 'warehouse-setup',
      description: 'Makes what the warehouse lacks',
      timeout: Duration.minutes(10),
      warehouse,
      roleArn: readers.lake.roleArn,
      lake,
      stream,
      sql,
      environment: {
        [Env.warehouseSetupMachine]: stateMachineArn(this, machine),
        [Env.warehouseSetupKey]: warehouseSetupKey,
        [Env.warehouseRestrictedRoleArn]: readers.restricted.roleArn,
        [Env.usageLimitRpuHours]: String(config.REDSHIFT_USAGE_LIMIT_RPU_HOURS),
        [Env.warehouseReportUser]: `IAMR:${reportRoleName(config, 'studio')}`,
        [Env.warehouseRestrictedUser]: `IAMR:${reportRoleName(config, 'publisher')}`,
      },
    });
    setup.may(['states:ListExecutions', 'states:StartExecution'], stateMachineArn(this, machine));
    setup.may(['s3:GetObject', 's3:PutObject'], lake.arnForObjects(warehouseSetupKey));
    // Without it a missing object is answered as forbidden.
    setup.may(['s3:ListBucket'], lake.bucketArn);
    setup.may(['redshift-serverless:GetWorkgroup'], warehouse.workgroupArn);
    // IAM knows no resource for limits; that of all statements is acknowledged already.
    setup.may(
      ['CreateUsageLimit', 'ListUsageLimits', 'UpdateUsageLimit'].map((one) => `redshift-serverless:${one}`),
      '*',
    );
    return setup;
  }
}

/** Changes whenever a setup would do something else. */
const digest = ({ config, sql }: WarehouseSetupProps): string => {
  const { tables, setup, live } = sql;
  const told = { tables, setup, live, limit: config.REDSHIFT_USAGE_LIMIT_RPU_HOURS };
  return createHash('sha256').update(JSON.stringify(told)).digest('hex');
};
