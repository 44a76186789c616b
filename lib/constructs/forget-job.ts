import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { compressionOf } from '../etl/compression.ts';
import type { EventsJobPlan } from '../etl/events-job-plan.ts';
import { eventsTable } from '../schemas/events-table.ts';
import { playerDays, playerRevenue, playerTables } from '../schemas/player-tables.ts';
import { forgetJobSuffix, grantJobRuns } from './forget-job-name.ts';
import { grantFolders } from './grant-folders.ts';
import { grantTables } from './grant-tables.ts';
import { keepObjects } from './job-permissions.ts';
import {
  accountsStateKey,
  forgetReportFolder,
  forgottenKey,
  lakeFolders,
  manifestKey,
  playerNamesStateKey,
} from './lake-folders.ts';
import { LakeJob, icebergArguments } from './lake-job.ts';

export interface ForgetJobProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  readonly lake: IBucket;
  /** The columns of the tables. */
  readonly plan: EventsJobPlan;
  /** Name of the job that writes the same tables: the two never run at once. */
  readonly eventsJob: string;
}

/**
 * The Glue job that removes forgotten players from the lake. Nothing starts it but `npm run forget`. Of the lake's roles
 * only this one may put raw objects again; it deletes none.
 */
export class ForgetJob extends LakeJob {
  constructor(scope: Construct, id: string, props: ForgetJobProps) {
    const { config, database, lake, plan, eventsJob } = props;
    super(scope, id, {
      config,
      suffix: forgetJobSuffix,
      description: 'Removes forgotten players from raw events, events, tables of players and undelivered records',
      script: 'forget_players.py',
      plan: { tables: plan.tables },
      arguments: jobArguments(props),
      // It looks at who sent every event there is.
      timeoutMinutes: 480,
    });

    Grant.addToPrincipal({
      grantee: this.role,
      actions: ['s3:GetBucketLocation', 's3:ListBucket'],
      resourceArns: [lake.bucketArn],
    });
    const records = [config.RAW_EVENTS_PREFIX, lakeFolders.errors, lakeFolders.backup];
    grantFolders(this.role, lake, records, ['s3:GetObject', 's3:PutObject']);
    const own = [config.PROCESSED_EVENTS_PREFIX, ...playerTables.map(({ name }) => name), config.GLUE_TMP_PREFIX];
    grantFolders(this.role, lake, own, keepObjects);
    grantFolders(this.role, lake, [forgetReportFolder], ['s3:PutObject']);
    Grant.addToPrincipal({
      grantee: this.role,
      actions: ['s3:GetObject'],
      resourceArns: [lake.arnForObjects(forgottenKey)],
    });
    Grant.addToPrincipal({
      grantee: this.role,
      actions: ['s3:GetObject', 's3:PutObject'],
      resourceArns: [manifestKey, accountsStateKey, playerNamesStateKey].map((key) => lake.arnForObjects(key)),
    });
    grantTables(
      this.role,
      database,
      [eventsTable, ...playerTables.map(({ name }) => name)],
      [
        'glue:GetPartitions',
        'glue:GetTable',
        'glue:UpdatePartition',
        // Every commit of Iceberg moves the table itself.
        ...(config.ENABLE_APACHE_ICEBERG_SUPPORT ? ['glue:GetDatabase', 'glue:UpdateTable'] : []),
      ],
    );
    grantJobRuns(this.role, eventsJob);
  }
}

function jobArguments({ config, database, lake, eventsJob }: ForgetJobProps): Record<string, string> {
  const iceberg = config.ENABLE_APACHE_ICEBERG_SUPPORT;
  return {
    '--bucket': lake.bucketName,
    '--database': database.ref,
    '--raw_prefix': config.RAW_EVENTS_PREFIX,
    '--errors_prefix': lakeFolders.errors,
    '--backup_prefix': lakeFolders.backup,
    '--events_prefix': config.PROCESSED_EVENTS_PREFIX,
    '--events_table': eventsTable,
    '--player_days_table': playerDays.name,
    '--player_revenue_table': playerRevenue.name,
    '--tmp_prefix': config.GLUE_TMP_PREFIX,
    '--manifest_key': manifestKey,
    '--accounts_state_key': accountsStateKey,
    '--player_names_state_key': playerNamesStateKey,
    '--forgotten_key': forgottenKey,
    '--report_prefix': forgetReportFolder,
    '--events_job': eventsJob,
    '--compression': compressionOf(config),
    '--table_format': iceberg ? 'ICEBERG' : 'PARQUET',
    ...(iceberg && icebergArguments(`${lake.s3UrlForObject(config.PROCESSED_EVENTS_PREFIX)}/`)),
  };
}
