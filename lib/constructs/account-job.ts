import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { accountsApplicationId } from '../../business-logic/shared/reserved-applications.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import { compressionOf } from '../etl/compression.ts';
import type { AccountsJobPlan } from '../etl/accounts-job-plan.ts';
import type { AccountTable } from '../schemas/account-tables.ts';
import { eventsTable } from '../schemas/events-table.ts';
import { grantFolders } from './grant-folders.ts';
import { grantTables } from './grant-tables.ts';
import { keepObjects, keepSnapshot, readPartitions } from './job-permissions.ts';
import { accountsStateKey } from './lake-folders.ts';
import { LakeJob, icebergArguments } from './lake-job.ts';

export interface AccountJobProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  readonly lake: IBucket;
  /** The jobs' SQL and the columns of their tables. */
  readonly plan: AccountsJobPlan;
  /** The table that this job keeps. */
  readonly table: AccountTable;
}

/** The Glue job that keeps one account table: it reads account events, and writes that table alone. */
export class AccountJob extends LakeJob {
  constructor(scope: Construct, id: string, props: AccountJobProps) {
    const { config, database, lake, plan, table } = props;
    super(scope, id, {
      config,
      suffix: `process-${table.name.replaceAll('_', '-')}`,
      description: `Keeps the table ${table.name}, from account events`,
      script: 'process_accounts.py',
      plan,
      arguments: {
        ...accountArguments(props),
        '--table': table.name,
        '--state_key': accountsStateKey,
      },
      timeoutMinutes: 60,
    });

    grantAccountEvents(this, props);
    grantFolders(this.role, lake, [table.name], keepObjects);
    Grant.addToPrincipal({
      grantee: this.role,
      actions: ['s3:GetObject', 's3:PutObject'],
      resourceArns: [lake.arnForObjects(accountsStateKey)],
    });
    grantTables(this.role, database, [table.name], keepSnapshot);
  }
}

type AccountEventsProps = Pick<AccountJobProps, 'config' | 'database' | 'lake'>;

/** Where account events are read, and how tables are written. */
export function accountArguments({ config, database, lake }: AccountEventsProps): Readonly<Record<string, string>> {
  const iceberg = config.ENABLE_APACHE_ICEBERG_SUPPORT;
  return {
    '--bucket': lake.bucketName,
    '--database': database.ref,
    '--events_table': eventsTable,
    '--events_prefix': config.PROCESSED_EVENTS_PREFIX,
    '--application_id': accountsApplicationId,
    '--compression': compressionOf(config),
    '--table_format': iceberg ? 'ICEBERG' : 'PARQUET',
    ...(iceberg && icebergArguments(`${lake.s3UrlForObject(config.PROCESSED_EVENTS_PREFIX)}/`)),
  };
}

/** Lets a job read account events, and none of a game where the layout of the events tells them apart. */
export function grantAccountEvents(job: LakeJob, { config, database, lake }: AccountEventsProps): void {
  Grant.addToPrincipal({
    grantee: job.role,
    actions: ['s3:GetBucketLocation', 's3:ListBucket'],
    resourceArns: [lake.bucketArn],
  });
  // Iceberg keeps metadata of all games in one place.
  const folder = config.ENABLE_APACHE_ICEBERG_SUPPORT
    ? config.PROCESSED_EVENTS_PREFIX
    : `${config.PROCESSED_EVENTS_PREFIX}/application_id=${accountsApplicationId}`;
  grantFolders(job.role, lake, [folder], ['s3:GetObject']);
  grantTables(job.role, database, [eventsTable], readPartitions);
}
