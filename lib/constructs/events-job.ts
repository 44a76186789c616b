import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { compressionOf } from '../etl/compression.ts';
import type { EventsJobPlan } from '../etl/events-job-plan.ts';
import { eventsTable } from '../schemas/events-table.ts';
import { playerDays, playerRevenue, playerTables } from '../schemas/player-tables.ts';
import { grantFolders } from './grant-folders.ts';
import { grantTables } from './grant-tables.ts';
import { keepIceberg, keepObjects, keepPartitions } from './job-permissions.ts';
import { forgetJobName, grantJobRuns } from './forget-job-name.ts';
import { forgottenKey, manifestKey } from './lake-folders.ts';
import { LakeJob, icebergArguments } from './lake-job.ts';

export interface EventsJobProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  readonly lake: IBucket;
  /** The job's SQL and the columns of its tables. */
  readonly plan: EventsJobPlan;
}

/** The Glue job that turns new raw objects into events, and events into what is known of players. */
export class EventsJob extends LakeJob {
  constructor(scope: Construct, id: string, props: EventsJobProps) {
    const { config, database, lake, plan } = props;
    super(scope, id, {
      config,
      suffix: 'process-events',
      description: 'Turns new raw objects into typed, deduplicated events and the tables of players',
      script: 'process_events.py',
      plan,
      arguments: jobArguments(props),
      // An hour of events takes a few.
      timeoutMinutes: 60,
    });

    Grant.addToPrincipal({
      grantee: this.role,
      actions: ['s3:GetBucketLocation', 's3:ListBucket'],
      resourceArns: [lake.bucketArn],
    });
    grantFolders(this.role, lake, [config.RAW_EVENTS_PREFIX], ['s3:GetObject']);
    grantFolders(this.role, lake, ownFolders(config), keepObjects);
    Grant.addToPrincipal({
      grantee: this.role,
      actions: ['s3:GetObject', 's3:PutObject'],
      resourceArns: [lake.arnForObjects(manifestKey)],
    });
    Grant.addToPrincipal({
      grantee: this.role,
      actions: ['s3:GetObject'],
      resourceArns: [lake.arnForObjects(forgottenKey)],
    });
    grantJobRuns(this.role, forgetJobName(config));
    grantTables(
      this.role,
      database,
      [eventsTable, ...playerTables.map(({ name }) => name)],
      config.ENABLE_APACHE_ICEBERG_SUPPORT ? [...keepPartitions, ...keepIceberg] : keepPartitions,
    );
  }
}

/** Folders that hold nothing but what the job wrote. */
const ownFolders = (config: PipelineConfig): readonly string[] => [
  config.PROCESSED_EVENTS_PREFIX,
  ...playerTables.map(({ name }) => name),
  config.GLUE_TMP_PREFIX,
];

/** What the script is told; a run may add `--skip` (objects to leave out) and override the rest. */
function jobArguments({ config, database, lake }: EventsJobProps): Record<string, string> {
  const iceberg = config.ENABLE_APACHE_ICEBERG_SUPPORT;
  return {
    '--bucket': lake.bucketName,
    '--database': database.ref,
    '--raw_prefix': config.RAW_EVENTS_PREFIX,
    '--events_prefix': config.PROCESSED_EVENTS_PREFIX,
    '--events_table': eventsTable,
    '--player_days_table': playerDays.name,
    '--player_revenue_table': playerRevenue.name,
    '--tmp_prefix': config.GLUE_TMP_PREFIX,
    '--manifest_key': manifestKey,
    '--forgotten_key': forgottenKey,
    '--forget_job': forgetJobName(config),
    '--compression': compressionOf(config),
    '--table_format': iceberg ? 'ICEBERG' : 'PARQUET',
    '--TempDir': `${lake.s3UrlForObject(config.GLUE_TMP_PREFIX)}/`,
    ...(iceberg && icebergArguments(`${lake.s3UrlForObject(config.PROCESSED_EVENTS_PREFIX)}/`)),
  };
}
