import { fileURLToPath } from 'node:url';
import { Aws, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnDatabase, type CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { AccountJob } from '../constructs/account-job.ts';
import { AccountTables } from '../constructs/account-tables.ts';
import { AnalyticsWorkGroup } from '../constructs/analytics-work-group.ts';
import { EventViews } from '../constructs/event-views.ts';
import { EventsJob } from '../constructs/events-job.ts';
import { EventsTable } from '../constructs/events-table.ts';
import { FailureNotices } from '../constructs/failure-notices.ts';
import { ForgetJob } from '../constructs/forget-job.ts';
import { IcebergEventsTable } from '../constructs/iceberg-events-table.ts';
import { LakeCrawler } from '../constructs/lake-crawler.ts';
import { lakeFolders, restrictedFolders } from '../constructs/lake-folders.ts';
import { LakeWorkflow, type LakeWorkflowProps } from '../constructs/lake-workflow.ts';
import type { PipelineFunction } from '../constructs/pipeline-function.ts';
import { PlayerNamesJob } from '../constructs/player-names-job.ts';
import { PlayerTables } from '../constructs/player-tables.ts';
import { RawEventViews } from '../constructs/raw-event-views.ts';
import { RawEventsTable } from '../constructs/raw-events-table.ts';
import { SavedQueries } from '../constructs/saved-queries.ts';
import { WorkflowSchedule } from '../constructs/workflow-schedule.ts';
import { accountsJobPlan } from '../etl/accounts-job-plan.ts';
import { eventsJobPlan } from '../etl/events-job-plan.ts';
import { accountTables, playerNames } from '../schemas/account-tables.ts';
import type { EventCatalogue } from '../schemas/read-event-catalogue.ts';

export interface DataLakeStackProps extends StackProps {
  readonly config: PipelineConfig;
  readonly lake: IBucket;
  /** Where names lie in the clear, and results that hold some. */
  readonly restricted: IBucket;
  /** The keys of personal data, and what wraps them: for the one job that decrypts. */
  readonly playerKeys: ITableV2;
  readonly piiKey: IKey;
  /** The declared event types and their columns. */
  readonly events: EventCatalogue;
}

const reports = fileURLToPath(new URL('../../athena-queries', import.meta.url));

/** What makes files a database: the catalog's tables and views, the workflow that keeps them, and how analysts query. */
export class DataLakeStack extends Stack {
  readonly rawEvents: CfnTable;
  readonly database: CfnDatabase;
  /** Where analysts query, and reports that read no names. */
  readonly workGroup: CfnWorkGroup;
  /** Where reports run that read names: their results lie in the restricted bucket. */
  readonly restrictedWorkGroup: CfnWorkGroup;
  /** Name of the workflow that keeps the tables. */
  readonly workflow: string;
  /** Tells of runs that failed. */
  readonly failures: ITopic;
  /** Names of the rules that match a run that failed. */
  readonly failureRules: readonly string[];
  /** Starts the workflow. */
  readonly starter: PipelineFunction;

  constructor(
    scope: Construct,
    id: string,
    { config, lake, restricted, playerKeys, piiKey, events, ...props }: DataLakeStackProps,
  ) {
    super(scope, id, props);

    this.database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: config.EVENTS_DATABASE, description: 'Game events' },
    });
    const { database } = this;
    const home = { config, database, lake };

    this.rawEvents = new RawEventsTable(this, 'RawEvents', home);
    new RawEventViews(this, 'Views', { config, database, table: this.rawEvents });
    const table = config.ENABLE_APACHE_ICEBERG_SUPPORT
      ? new IcebergEventsTable(this, 'IcebergEvents', home).table
      : new EventsTable(this, 'Events', { ...home, typedColumns: events.columns });
    new EventViews(this, 'EventViews', { config, database, table, views: events.views });
    new PlayerTables(this, 'Players', { database, lake });
    new AccountTables(this, 'Accounts', { database, lake, restricted });

    const plan = accountsJobPlan(events);
    const eventsPlan = eventsJobPlan(events);
    const eventsJob = new EventsJob(this, 'ProcessEvents', { ...home, plan: eventsPlan }).name;
    new ForgetJob(this, 'ForgetPlayers', { ...home, plan: eventsPlan, eventsJob });
    const jobs: LakeWorkflowProps['jobs'] = [
      { step: 'events', job: eventsJob },
      ...accountTables.map((table) => ({
        step: table.name,
        job: new AccountJob(this, jobId(table), { ...home, plan, table }).name,
      })),
      {
        step: playerNames.name,
        job: new PlayerNamesJob(this, jobId(playerNames), { ...home, plan, restricted, playerKeys, piiKey }).name,
      },
    ];
    const crawler = new LakeCrawler(this, 'Crawler', home).name;
    const workflow = new LakeWorkflow(this, 'Workflow', { config, jobs, crawler });
    const { topic, rules } = new FailureNotices(this, 'Failures', {
      config,
      jobs: jobs.map(({ job }) => job),
      crawler,
    });
    this.workflow = workflow.name;
    this.failures = topic;
    this.failureRules = rules;
    const schedule = { config, lake, workflow: workflow.name, failures: topic };
    this.starter = new WorkflowSchedule(this, 'Schedule', schedule).starter;

    this.workGroup = new AnalyticsWorkGroup(this, 'WorkGroup', {
      config,
      name: config.WORKLOAD_NAME,
      description: 'Queries and reports over game events',
      results: { bucket: lake, folder: lakeFolders.results },
    });
    this.restrictedWorkGroup = new AnalyticsWorkGroup(this, 'RestrictedWorkGroup', {
      config,
      name: `${config.WORKLOAD_NAME}-restricted`,
      description: 'Reports that read names of players; no other role may use it',
      results: { bucket: restricted, folder: restrictedFolders.results },
    });
    new SavedQueries(this, 'Reports', {
      directory: reports,
      database,
      workGroup: this.workGroup,
      rawEventsTable: config.RAW_EVENTS_TABLE,
    });

    new CfnOutput(this, 'DatabaseName', { value: database.ref }).overrideLogicalId('Database');
    new CfnOutput(this, 'RawEventsTable', { value: config.RAW_EVENTS_TABLE });
    new CfnOutput(this, 'WorkGroupName', { value: this.workGroup.ref }).overrideLogicalId('WorkGroup');
    new CfnOutput(this, 'WorkflowName', { value: workflow.name }).overrideLogicalId('Workflow');
    new CfnOutput(this, 'FailureTopic', { value: topic.topicArn });
  }
}

/** Of the job that keeps a table: `ProcessPlayerGames`. */
const jobId = ({ name }: { readonly name: string }): string =>
  `Process${name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;
