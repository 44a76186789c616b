import { Duration, Stack } from 'aws-cdk-lib';
import type { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Grant, type Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Env } from '../../business-logic/shared/env.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import type { ApiReport } from '../queries/api-reports.ts';
import type { Audience } from '../queries/read-query.ts';
import { grantFolders } from './grant-folders.ts';
import { grantTables } from './grant-tables.ts';
import { lakeFolders, restrictedFolders } from './lake-folders.ts';
import { PipelineFunction } from './pipeline-function.ts';
import { reportSource, type ReportSource } from './report-sources.ts';
import { reportsFile, reportsFor } from './reports-file.ts';

export interface ReportsFunctionProps {
  readonly config: PipelineConfig;
  /** Whose reports it answers, and so what its role may read. */
  readonly audience: Audience;
  readonly database: CfnDatabase;
  readonly lake: IBucket;
  /** Bucket of names, and of the results that show them. A role for studios gets nothing of it. */
  readonly restricted: IBucket;
  readonly workGroup: CfnWorkGroup;
  /** Where restricted reports run. A role for studios may not use it. */
  readonly restrictedWorkGroup: CfnWorkGroup;
  /** Name of the workflow whose runs change the tables. */
  readonly workflow: string;
  readonly resultLinkSecret: ISecret;
}

/** Athena's actions on a workgroup: saved queries, and executions whose ids it knows. It cannot list executions. */
const runQueries = [
  'athena:BatchGetNamedQuery',
  'athena:GetQueryExecution',
  'athena:GetQueryResults',
  'athena:ListNamedQueries',
  'athena:StartQueryExecution',
];

/** What Athena reads of the catalog in the caller's name. */
const readTables = [
  'glue:BatchGetPartition',
  'glue:GetDatabase',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:GetTable',
];

/** What Athena does with results in the caller's name. */
const keepResults = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'];

/** Answers the reports of one audience. Its role is the second wall (decision 0024): it reads what its reports read. */
export class ReportsFunction extends PipelineFunction {
  constructor(scope: Construct, id: string, props: ReportsFunctionProps) {
    const { config, audience, workGroup, restrictedWorkGroup, resultLinkSecret } = props;
    const reports = reportsFor(audience, config);
    const isRestricted = reports.some(({ report }) => report.isRestricted);
    super(scope, id, {
      config,
      folder: 'api-reports',
      files: { 'reports.json': reportsFile(config) },
      description: `Answers the reports of the audience ${audience}`,
      // The gateway waits 29 seconds.
      timeout: Duration.seconds(28),
      memoryMegabytes: 512,
      environment: {
        [Env.reportAudience]: audience,
        [Env.workGroup]: workGroup.ref,
        ...(isRestricted && { [Env.restrictedWorkGroup]: restrictedWorkGroup.ref }),
        [Env.eventsDatabase]: config.EVENTS_DATABASE,
        [Env.workflowName]: props.workflow,
        [Env.corsOrigins]: config.CORS_ORIGINS.join(','),
      },
    });
    const sources = reports.flatMap(({ reads }) => reads).map((relation) => reportSource(relation, config));
    this.#runQueries([workGroup, ...(isRestricted ? [restrictedWorkGroup] : [])]);
    this.#readSources(sources, props);
    this.#keepResults(reports, props);
    this.#watchWorkflow(props.workflow);
    this.useSecret(resultLinkSecret, Env.resultLinkSecret);
  }

  /** PipelineFunction makes a role of its own. */
  get #ownRole(): Role {
    return this.role as Role;
  }

  #runQueries(workGroups: readonly CfnWorkGroup[]): void {
    const stack = Stack.of(this);
    Grant.addToPrincipal({
      grantee: this,
      actions: runQueries,
      resourceArns: workGroups.map(({ ref }) =>
        stack.formatArn({ service: 'athena', resource: 'workgroup', resourceName: ref }),
      ),
    });
  }

  #readSources(sources: readonly ReportSource[], { database, lake, restricted }: ReportsFunctionProps): void {
    grantTables(this.#ownRole, database, unique(sources.flatMap(({ tables }) => tables)), readTables);
    // Athena asks for the database `default` of the region as well, whatever a query reads.
    Grant.addToPrincipal({
      grantee: this,
      actions: ['glue:GetDatabase'],
      resourceArns: [Stack.of(this).formatArn({ service: 'glue', resource: 'database', resourceName: 'default' })],
    });
    for (const [name, bucket] of [['lake', lake] as const, ['restricted', restricted] as const]) {
      const folders = unique(sources.filter((source) => source.bucket === name).map(({ folder }) => folder));
      if (folders.length === 0) continue;
      grantFolders(this.#ownRole, bucket, folders, ['s3:GetObject']);
      this.#listFolders(bucket, folders);
    }
  }

  /** Athena lists what lies in a partition; names of objects elsewhere are none of its business. */
  #listFolders(bucket: IBucket, folders: readonly string[]): void {
    Grant.addToPrincipal({
      grantee: this,
      actions: ['s3:ListBucket'],
      resourceArns: [bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': folders.map((folder) => `${folder}/*`) } },
    });
  }

  #keepResults(reports: readonly ApiReport[], { lake, restricted }: ReportsFunctionProps): void {
    const places = [
      { bucket: lake, folder: lakeFolders.results, isUsed: reports.some(({ report }) => !report.isRestricted) },
      {
        bucket: restricted,
        folder: restrictedFolders.results,
        isUsed: reports.some(({ report }) => report.isRestricted),
      },
    ];
    for (const { bucket, folder } of places.filter(({ isUsed }) => isUsed)) {
      grantFolders(this.#ownRole, bucket, [folder], keepResults);
      Grant.addToPrincipal({ grantee: this, actions: ['s3:GetBucketLocation'], resourceArns: [bucket.bucketArn] });
    }
  }

  #watchWorkflow(workflow: string): void {
    Grant.addToPrincipal({
      grantee: this,
      actions: ['glue:GetWorkflow'],
      resourceArns: [Stack.of(this).formatArn({ service: 'glue', resource: 'workflow', resourceName: workflow })],
    });
  }
}

const unique = (names: readonly string[]): string[] => [...new Set(names)].toSorted();
