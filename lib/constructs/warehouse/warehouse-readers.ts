import { Validations } from 'aws-cdk-lib';
import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Grant, type Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../../config/schema.ts';
import { accountTables, playerNames } from '../../schemas/account-tables.ts';
import { eventsTable } from '../../schemas/events-table.ts';
import { playerTables } from '../../schemas/player-tables.ts';
import type { KinesisStream } from '../kinesis-stream.ts';
import { warehouseLoadFolder } from '../lake-folders.ts';
import { WarehouseReader } from './warehouse-reader.ts';

export interface WarehouseReadersProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  readonly lake: IBucket;
  /** Where names lie in the clear. */
  readonly restricted: IBucket;
  /** What the live view reads; undefined where there is none. */
  readonly stream?: KinesisStream | undefined;
}

/** Tables of the lake that the warehouse shows; raw rows are loaded, never read through the catalog. */
const shownTables = [...playerTables, ...accountTables].map(({ name }) => name);

/** The two roles of the warehouse: a statement that reads the lake cannot reach names, whatever it says. */
export class WarehouseReaders extends Construct {
  /** Raw files to load, tables to show beside the warehouse's own, and the stream of the live view. */
  readonly lake: Role;
  /** The table of names. */
  readonly restricted: Role;

  constructor(scope: Construct, id: string, { config, database, lake, restricted, stream }: WarehouseReadersProps) {
    super(scope, id);
    this.lake = new WarehouseReader(this, 'Lake', {
      database,
      bucket: lake,
      folders: [config.RAW_EVENTS_PREFIX, config.PROCESSED_EVENTS_PREFIX, ...shownTables, warehouseLoadFolder],
      tables: [eventsTable, ...shownTables],
    });
    this.restricted = new WarehouseReader(this, 'Restricted', {
      database,
      bucket: restricted,
      folders: [playerNames.name],
      tables: [playerNames.name],
    });
    if (stream) this.#followStream(stream);
  }

  #followStream(stream: KinesisStream): void {
    stream.grantFollow(this.lake);
    const may = (action: string, resourceArn: string) =>
      Grant.addToPrincipal({ grantee: this.lake, actions: [action], resourceArns: [resourceArn] });
    may('kinesis:DescribeStreamSummary', stream.streamArn);
    // Redshift looks the stream up by its name.
    may('kinesis:ListStreams', '*');
    Validations.of(this.lake).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Names of streams can be listed for a whole account only; records are read of the one stream.',
    });
  }
}
