import { ArnFormat, Aws, Duration, Stack, Validations } from 'aws-cdk-lib';
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
import type { UsagePlans } from './usage-plans.ts';

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

/** The function's ARN, made of its name: the API calls the function, and the function knows the API's usage plans. */
export const adminFunctionArn = (scope: Construct, config: PipelineConfig): string =>
  Stack.of(scope).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: adminFunctionName(config),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

const adminFunctionName = ({ WORKLOAD_NAME }: PipelineConfig): string => `${WORKLOAD_NAME}-admin`;

/** Manages games and tokens. Of the lake it reads one table, to know whether players are registered for a game. */
export class AdminFunction extends PipelineFunction {
  constructor(scope: Construct, id: string, props: AdminFunctionProps) {
    const { config, applications, authorizations, workGroup, workflow } = props;
    super(scope, id, {
      config,
      folder: 'api-admin',
      functionName: adminFunctionName(config),
      description: 'Registers games and their tokens',
      // The gateway waits 29 seconds.
      timeout: Duration.seconds(28),
      memoryMegabytes: 512,
      environment: {
        [Env.corsOrigins]: config.CORS_ORIGINS.join(','),
        [Env.workGroup]: workGroup.ref,
        [Env.eventsDatabase]: config.EVENTS_DATABASE,
        [Env.workflowName]: workflow,
        [Env.workloadName]: config.WORKLOAD_NAME,
      },
    });
    const items = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];
    this.useTable(applications, Env.applicationsTable, [...items, 'dynamodb:Scan']);
    this.useTable(authorizations, Env.authorizationsTable, [
      ...items,
      'dynamodb:BatchGetItem',
      'dynamodb:BatchWriteItem',
    ]);
    this.useIndex(authorizations, authorizationsByApplication, Env.authorizationsByApplicationIndex, [
      'dynamodb:Query',
    ]);
    this.#countRegistrations(props);
  }

  /** Lets the function make the API keys that limit applications, put them into the plans, and delete them. */
  useUsagePlans({ plans }: UsagePlans): void {
    this.addEnvironment(Env.clientUsagePlan, plans.client.usagePlanId);
    this.addEnvironment(Env.serverUsagePlan, plans.server.usagePlanId);
    const may = (action: string, ...paths: string[]) =>
      Grant.addToPrincipal({
        grantee: this,
        actions: [`apigateway:${action}`],
        resourceArns: paths.map(controlPlaneArn),
      });
    may('GET', '/apikeys');
    may('POST', '/apikeys', ...Object.values(plans).map(({ usagePlanId }) => `/usageplans/${usagePlanId}/keys`));
    may('DELETE', '/apikeys/*');
    // PipelineFunction makes a role of its own.
    Validations.of(this.role as Role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::/apikeys/*]`,
      reason: 'API Gateway makes up the ids of the keys that are made later.',
    });
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
    // Athena asks for the database `default` of the region as well, whatever a query reads.
    may(['glue:GetDatabase'], arnOf('glue', 'database', 'default'));
    grantFolders(role, lake, [playerGames.name], ['s3:GetObject']);
    grantFolders(role, lake, [lakeFolders.results], ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject']);
    may(['s3:GetBucketLocation', 's3:ListBucket'], lake.bucketArn);
  }
}

/** A resource of API Gateway's control plane as policies name it. */
const controlPlaneArn = (path: string): string => `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}::${path}`;
