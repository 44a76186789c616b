import { fileURLToPath } from 'node:url';
import { Validations } from 'aws-cdk-lib';
import { CfnJob, type CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import type { EventsJobPlan } from '../etl/events-job-plan.ts';
import { eventsTable } from '../schemas/events-table.ts';
import { playerDays, playerRevenue, playerTables } from '../schemas/player-tables.ts';
import { grantFolders } from './grant-folders.ts';
import { grantTables } from './grant-tables.ts';
import { manifestKey } from './lake-folders.ts';
import { RetainedLogs } from './retained-logs.ts';
import { textAsset } from './text-asset.ts';

export interface EventsJobProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  readonly lake: IBucket;
  /** The job's SQL and the columns of its tables. */
  readonly plan: EventsJobPlan;
}

const script = fileURLToPath(new URL('../../glue-scripts/process_events.py', import.meta.url));

/** Minutes after which a run is ended; an hour of events takes a few. */
const timeoutMinutes = 60;

/** What the job does with the files of its own tables and with its manifest. */
const keepObjects = ['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:PutObject'];

/** What the job does with its tables in the catalog: it registers partitions and moves them. */
const keepPartitions = [
  'glue:BatchCreatePartition',
  'glue:BatchGetPartition',
  'glue:CreatePartitionIndex',
  'glue:GetPartitionIndexes',
  'glue:GetPartitions',
  'glue:GetTable',
  'glue:UpdatePartition',
];

/** What it does besides with an Iceberg table: every commit moves the table itself. */
const keepIceberg = ['glue:GetDatabase', 'glue:UpdateTable'];

/** The Glue job that turns new raw objects into events, and events into what is known of players. */
export class EventsJob extends Construct {
  readonly name: string;
  readonly #job: CfnJob;

  constructor(scope: Construct, id: string, props: EventsJobProps) {
    super(scope, id);
    const { config } = props;
    const jobName = `${config.WORKLOAD_NAME}-process-events`;
    const logPrefix = `/aws-glue/jobs/${jobName}`;

    const code = new Asset(this, 'Script', { path: script });
    const plan = textAsset(this, 'Plan', 'plan.json', JSON.stringify(props.plan));
    const role = this.#role(props, [code, plan], logPrefix);

    this.#job = new CfnJob(this, 'Job', {
      name: jobName,
      description: 'Turns new raw objects into typed, deduplicated events and the tables of players',
      role: role.roleArn,
      command: { name: 'glueetl', pythonVersion: '3', scriptLocation: code.s3ObjectUrl },
      glueVersion: '5.1',
      workerType: 'G.1X',
      numberOfWorkers: 2,
      timeout: timeoutMinutes,
      // A run that failed is run again by the next hour; two at once would only find out that one of them loses.
      maxRetries: 0,
      executionProperty: { maxConcurrentRuns: 1 },
      defaultArguments: { ...jobArguments(props, plan), '--custom-logGroup-prefix': logPrefix },
    });
    // The first run may come as soon as the job is there.
    this.#job.node.addDependency(role);
    this.name = this.#job.ref;
    acknowledgeRules(this.#job);
  }

  #role({ config, database, lake }: EventsJobProps, assets: readonly Asset[], logPrefix: string): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('glue.amazonaws.com') });

    Grant.addToPrincipal({
      grantee: role,
      actions: ['s3:GetObject'],
      resourceArns: assets.map(({ bucket, s3ObjectKey }) => bucket.arnForObjects(s3ObjectKey)),
    });
    Grant.addToPrincipal({
      grantee: role,
      actions: ['s3:GetBucketLocation', 's3:ListBucket'],
      resourceArns: [lake.bucketArn],
    });
    grantFolders(role, lake, [config.RAW_EVENTS_PREFIX], ['s3:GetObject']);
    grantFolders(role, lake, ownFolders(config), keepObjects);
    Grant.addToPrincipal({
      grantee: role,
      actions: ['s3:GetObject', 's3:PutObject'],
      resourceArns: [lake.arnForObjects(manifestKey)],
    });
    grantTables(
      role,
      database,
      [eventsTable, ...playerTables.map(({ name }) => name)],
      config.ENABLE_APACHE_ICEBERG_SUPPORT ? [...keepPartitions, ...keepIceberg] : keepPartitions,
    );
    for (const kind of ['error', 'output']) {
      const logs = new RetainedLogs(this, `${kind}Logs`, { config, logGroupName: `${logPrefix}/${kind}` });
      // The job asks for the group each time, though it is there.
      logs.grant(role, 'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents');
    }
    return role;
  }
}

/** Folders that hold nothing but what the job wrote. */
const ownFolders = (config: PipelineConfig): readonly string[] => [
  config.PROCESSED_EVENTS_PREFIX,
  ...playerTables.map(({ name }) => name),
  config.GLUE_TMP_PREFIX,
];

/** What the script is told; a run may add `--skip` (objects to leave out) and override the rest. */
function jobArguments({ config, database, lake }: EventsJobProps, plan: Asset): Record<string, string> {
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
    '--plan': plan.s3ObjectUrl,
    '--compression': 'zstd',
    '--table_format': iceberg ? 'ICEBERG' : 'PARQUET',
    '--TempDir': `${lake.s3UrlForObject(config.GLUE_TMP_PREFIX)}/`,
    '--enable-auto-scaling': 'true',
    ...(iceberg && {
      '--datalake-formats': 'iceberg',
      '--conf': icebergCatalog(`${lake.s3UrlForObject(config.PROCESSED_EVENTS_PREFIX)}/`),
    }),
  };
}

/** Spark's settings for Iceberg tables of the Glue catalog. Glue takes several as one argument, joined by ` --conf `. */
function icebergCatalog(warehouse: string): string {
  const catalog = 'spark.sql.catalog.glue_catalog';
  return [
    'spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions',
    `${catalog}=org.apache.iceberg.spark.SparkCatalog`,
    `${catalog}.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog`,
    `${catalog}.io-impl=org.apache.iceberg.aws.s3.S3FileIO`,
    `${catalog}.warehouse=${warehouse}`,
  ].join(' --conf ');
}

function acknowledgeRules(job: CfnJob): void {
  Validations.of(job).acknowledge(
    {
      id: 'AwsSolutions-GL1',
      reason: 'The log holds names of objects and counts, no payloads; CloudWatch encrypts it with a key of its own.',
    },
    { id: 'AwsSolutions-GL3', reason: 'The job keeps no bookmark: what it has taken stands in its own manifest.' },
  );
}
