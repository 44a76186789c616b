import { Duration, Stack } from 'aws-cdk-lib';
import type { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Grant, type Role } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { Env } from '../../business-logic/shared/env.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import { playerGames } from '../schemas/account-tables.ts';
import { authorizationsByApplication } from './authorization-table.ts';
import { grantFolders } from './grant-folders.ts';
import { grantTables } from './grant-tables.ts';
import { lakeFolders } from './lake-folders.ts';
import { PipelineFunction } from './pipeline-function.ts';

export interface AdminFunctionProps {
  readonly config: PipelineConfig;
  readonly applications: ITableV2;
  readonly authorizations: ITableV2;
  readonly database: CfnDatabase;
  readonly lake: IBucket;
  /** Where it counts registrations. */
  readonly workGroup: CfnWorkGroup;
  /** Name of the workflow that keeps the tables. */
  readonly workflow: string;
}

/** Manages games and tokens. Of the lake it reads one table, to know whether players are registered for a game. */
export class AdminFunction extends PipelineFunction {
  constructor(scope: Construct, id: string, props: AdminFunctionProps) {
    const { config, applications, authorizations, workGroup, workflow } = props;
    super(scope, id, {
      config,
      folder: 'api-admin',
      description: 'Registers games and their tokens',
      // The gateway waits 29 seconds.
      timeout: Duration.seconds(28),
      memoryMegabytes: 512,
      environment: {
        [Env.corsOrigins]: config.CORS_ORIGINS.join(','),
        [Env.workGroup]: workGroup.ref,
        [Env.eventsDatabase]: config.EVENTS_DATABASE,
        [Env.workflowName]: workflow,
      },
    });
    const items = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];
    this.useTable(applications, Env.applicationsTable, [...items, 'dynamodb:Scan']);
    this.useTable(authorizations, Env.authorizationsTable, [...items, 'dynamodb:BatchWriteItem']);
    this.useIndex(authorizations, authorizationsByApplication, Env.authorizationsByApplicationIndex, [
      'dynamodb:Query',
    ]);
    this.#countRegistrations(props);
  }

  #countRegistrations({ database, lake, workGroup, workflow }: AdminFunctionProps): void {
    // PipelineFunction makes a role of its own.
    const role = this.role as Role;
    const arnOf = (service: string, resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service, resource, resourceName });
    const may = (actions: string[], ...resourceArns: string[]) =>
      Grant.addToPrincipal({ grantee: role, actions, resourceArns });

    const queries = ['athena:GetQueryExecution', 'athena:GetQueryResults', 'athena:StartQueryExecution'];
    may(queries, arnOf('athena', 'workgroup', workGroup.ref));
    may(['glue:GetWorkflow'], arnOf('glue', 'workflow', workflow));
    grantTables(role, database, [playerGames.name], ['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable']);
    grantFolders(role, lake, [playerGames.name], ['s3:GetObject']);
    grantFolders(role, lake, [lakeFolders.results], ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject']);
    may(['s3:GetBucketLocation', 's3:ListBucket'], lake.bucketArn);
  }
}
