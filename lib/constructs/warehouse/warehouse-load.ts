import { Aws, Duration } from 'aws-cdk-lib';
import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { Env } from '../../../business-logic/shared/env.ts';
import type { WarehouseSql } from '../../../business-logic/shared/warehouse-statements.ts';
import type { PipelineConfig } from '../../../config/schema.ts';
import { grantFolders } from '../grant-folders.ts';
import { grantTables } from '../grant-tables.ts';
import type { KinesisStream } from '../kinesis-stream.ts';
import { manifestKey, warehouseLoadFolder } from '../lake-folders.ts';
import { loadDefinition } from './load-definition.ts';
import { StateMachine, stateMachineArn } from './state-machine.ts';
import type { WarehouseFiles } from './warehouse-files.ts';
import { WarehouseFunction } from './warehouse-function.ts';
import type { WarehouseReaders } from './warehouse-readers.ts';
import type { Warehouse } from './warehouse.ts';

export interface WarehouseLoadProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  readonly lake: IBucket;
  readonly warehouse: Warehouse;
  readonly readers: WarehouseReaders;
  readonly files: WarehouseFiles;
  /** What the live view reads; undefined where there is none. */
  readonly stream?: KinesisStream | undefined;
  readonly sql: WarehouseSql;
}

/** Every WAREHOUSE_LOAD_MINUTES what has arrived is loaded, in one execution at a time. */
export class WarehouseLoad extends Construct {
  readonly machine: StateMachine;
  readonly schedule: CfnSchedule;

  constructor(scope: Construct, id: string, props: WarehouseLoadProps) {
    super(scope, id);
    const name = `${props.config.WORKLOAD_NAME}-warehouse-load`;
    const { functionArn } = this.#loader(props, name);
    this.machine = new StateMachine(this, 'Runs', { name, functionArn, definition: loadDefinition(functionArn) });
    this.schedule = this.#schedule(props.config, name);
  }

  #loader({ config, database, lake, warehouse, readers, files, stream, sql }: WarehouseLoadProps, machine: string) {
    const loader = new WarehouseFunction(this, 'Loader', {
      config,
      folder: 'warehouse-load',
      description: 'Loads new raw objects into the warehouse',
      timeout: Duration.minutes(15),
      warehouse,
      roleArn: readers.lake.roleArn,
      lake,
      stream,
      sql,
      environment: {
        [Env.warehouseQueueUrl]: files.queue.queueUrl,
        [Env.warehouseDeadLetterUrl]: files.deadLetters.queueUrl,
        [Env.warehouseLoadMachine]: stateMachineArn(this, machine),
        [Env.warehouseLoadMaxFiles]: String(config.WAREHOUSE_LOAD_MAX_FILES),
        [Env.warehouseLoadFolder]: warehouseLoadFolder,
        [Env.eventsDatabase]: database.ref,
        [Env.rawEventsTable]: config.RAW_EVENTS_TABLE,
        [Env.rawEventsPrefix]: config.RAW_EVENTS_PREFIX,
        [Env.rawRetentionDays]: String(config.RAW_RETENTION_DAYS),
        [Env.manifestKey]: manifestKey,
      },
    });
    loader.may(['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'], files.queue.queueArn);
    loader.may(['sqs:SendMessage'], files.deadLetters.queueArn);
    loader.may(['states:ListExecutions'], stateMachineArn(this, machine));
    loader.may(['s3:GetObject'], lake.arnForObjects(manifestKey));
    // Redshift is told the size of each file, which a listing says.
    loader.may(['s3:ListBucket'], lake.bucketArn);
    // PipelineFunction makes a role of its own.
    const role = loader.role as Role;
    grantFolders(role, lake, [warehouseLoadFolder], ['s3:DeleteObject', 's3:GetObject', 's3:PutObject']);
    grantTables(role, database, [config.RAW_EVENTS_TABLE], ['glue:GetTable']);
    return loader;
  }

  #schedule({ WORKLOAD_NAME, WAREHOUSE_LOAD_MINUTES: minutes }: PipelineConfig, machine: string): CfnSchedule {
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    Grant.addToPrincipal({ grantee: role, actions: ['states:StartExecution'], resourceArns: [this.machine.arn] });
    const schedule = new CfnSchedule(this, 'Schedule', {
      name: machine,
      description: `Loads what has arrived for the warehouse of ${WORKLOAD_NAME}`,
      scheduleExpression: `rate(${minutes} minute${minutes === 1 ? '' : 's'})`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn: this.machine.arn, roleArn: role.roleArn, input: '{}', retryPolicy: { maximumRetryAttempts: 2 } },
    });
    schedule.node.addDependency(role);
    return schedule;
  }
}
