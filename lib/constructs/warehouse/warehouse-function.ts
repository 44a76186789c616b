import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { Env } from '../../../business-logic/shared/env.ts';
import type { WarehouseSql } from '../../../business-logic/shared/warehouse-statements.ts';
import type { KinesisStream } from '../kinesis-stream.ts';
import { PipelineFunction, type PipelineFunctionProps } from '../pipeline-function.ts';
import { followOwnStatements } from './follow-own-statements.ts';
import type { Warehouse } from './warehouse.ts';

export interface WarehouseFunctionProps extends Pick<
  PipelineFunctionProps,
  'config' | 'folder' | 'description' | 'timeout' | 'environment'
> {
  readonly warehouse: Warehouse;
  /** ARN of the role with which Redshift reads the lake. */
  readonly roleArn: string;
  readonly lake: IBucket;
  /** What the live view reads; undefined where there is none. */
  readonly stream?: KinesisStream | undefined;
  /** What the function runs; lies beside its code. */
  readonly sql: WarehouseSql;
}

/** A function that runs statements in the warehouse as its administrator. */
export class WarehouseFunction extends PipelineFunction {
  constructor(scope: Construct, id: string, props: WarehouseFunctionProps) {
    const { config, folder, description, timeout, environment, warehouse, roleArn, lake, stream, sql } = props;
    super(scope, id, {
      config,
      folder,
      files: { 'warehouse.json': JSON.stringify(sql) },
      description,
      timeout,
      memoryMegabytes: 512,
      environment: {
        [Env.warehouseWorkgroup]: warehouse.name,
        [Env.warehouseDatabase]: config.EVENTS_DATABASE,
        [Env.warehouseRoleArn]: roleArn,
        [Env.lakeBucket]: lake.bucketName,
        [Env.hotDays]: String(config.HOT_DAYS),
        ...(stream && { [Env.ingestStream]: stream.streamName }),
        ...environment,
      },
    });
    this.#runStatements(warehouse);
  }

  /** Lets the function do these things. */
  may(actions: readonly string[], ...resourceArns: readonly string[]): void {
    Grant.addToPrincipal({ grantee: this, actions: [...actions], resourceArns: [...resourceArns] });
  }

  #runStatements({ workgroupArn, namespaceArn, adminSecretPattern }: Warehouse): void {
    this.may(['redshift-data:BatchExecuteStatement', 'redshift-data:ExecuteStatement'], workgroupArn);
    // CloudFormation does not tell the secret's ARN.
    this.may(['redshift-serverless:GetNamespace'], namespaceArn);
    this.may(['secretsmanager:GetSecretValue'], adminSecretPattern);
    followOwnStatements(this, this.role!);
  }
}
