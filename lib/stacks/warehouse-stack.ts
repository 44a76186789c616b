import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { WarehouseSql } from '../../business-logic/shared/warehouse-statements.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import type { KinesisStream } from '../constructs/kinesis-stream.ts';
import type { Watched } from '../constructs/operations/watched.ts';
import { WarehouseFiles } from '../constructs/warehouse/warehouse-files.ts';
import { WarehouseLoad } from '../constructs/warehouse/warehouse-load.ts';
import { WarehouseNotices } from '../constructs/warehouse/warehouse-notices.ts';
import { WarehouseReaders } from '../constructs/warehouse/warehouse-readers.ts';
import { WarehouseSetup } from '../constructs/warehouse/warehouse-setup.ts';
import { Warehouse } from '../constructs/warehouse/warehouse.ts';

export interface WarehouseStackProps extends StackProps {
  readonly config: PipelineConfig;
  readonly lake: IBucket;
  /** Where names lie in the clear. */
  readonly restricted: IBucket;
  readonly database: CfnDatabase;
  /** What the live view reads; undefined where there is none. */
  readonly stream?: KinesisStream | undefined;
  /** Hears of failures. */
  readonly failures: ITopic;
  /** Everything that the warehouse runs. */
  readonly sql: WarehouseSql;
}

/** DATA_STACK REDSHIFT: a warehouse beside the lake, set up by its own deployment and loaded from the lake. */
export class WarehouseStack extends Stack {
  /** What the operations stack looks at. */
  readonly watched: NonNullable<Watched['warehouse']>;
  /** Where statements are sent. */
  readonly address: { readonly workgroupName: string; readonly workgroupArn: string; readonly database: string };

  constructor(scope: Construct, id: string, props: WarehouseStackProps) {
    super(scope, id, props);
    const { config, lake, restricted, database, stream, failures, sql } = props;

    const readers = new WarehouseReaders(this, 'Readers', { config, database, lake, restricted, stream });
    const warehouse = new Warehouse(this, 'Warehouse', { config, readers, stream });
    const home = { config, database, lake, warehouse, readers, stream, sql };
    const files = new WarehouseFiles(this, 'Files', { config, lake });
    const setup = new WarehouseSetup(this, 'Setup', home);
    const load = new WarehouseLoad(this, 'Load', { ...home, files });
    // Before there are tables a load would fail; before they have a new column, one that knows it.
    load.node.addDependency(setup.done);
    new WarehouseNotices(this, 'Notices', {
      failures,
      machines: [setup.machine, load.machine],
    });

    this.watched = {
      files: files.queue,
      deadLetters: files.deadLetters,
      machines: { load: load.machine.arn, setup: setup.machine.arn },
    };
    const { name, workgroupArn } = warehouse;
    this.address = { workgroupName: name, workgroupArn, database: config.EVENTS_DATABASE };
    new CfnOutput(this, 'RedshiftWorkgroup', { value: name });
    new CfnOutput(this, 'WarehouseQueue', { value: files.queue.queueUrl });
  }
}
