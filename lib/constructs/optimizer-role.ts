import { Stack, Validations } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { eventsTable } from '../schemas/events-table.ts';
import { grantFolders } from './grant-folders.ts';
import { grantTables } from './grant-tables.ts';
import type { IcebergEventsTableProps } from './iceberg-events-table.ts';

/** Groups that Glue's optimizers write their logs to; Glue decides the names, for all tables of an account. */
const logGroups = ['iceberg-compaction', 'iceberg-retention', 'iceberg-orphan-file-deletion'];

/** The role in which Glue tidies the Iceberg table: its files, its entry in the catalog, the optimizers' logs. Its ARN. */
export function optimizerRole(
  scope: Construct,
  id: string,
  { config, database, lake }: IcebergEventsTableProps,
): string {
  const role = new Role(scope, id, { assumedBy: new ServicePrincipal('glue.amazonaws.com') });
  Grant.addToPrincipal({ grantee: role, actions: ['s3:ListBucket'], resourceArns: [lake.bucketArn] });
  grantFolders(role, lake, [config.PROCESSED_EVENTS_PREFIX], ['s3:DeleteObject', 's3:GetObject', 's3:PutObject']);
  grantTables(role, database, [eventsTable], ['glue:GetTable', 'glue:UpdateTable']);

  for (const group of logGroups) {
    const resource = `log-group:/aws-glue/${group}/logs:*`;
    Grant.addToPrincipal({
      grantee: role,
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resourceArns: [Stack.of(scope).formatArn({ service: 'logs', resource })],
    });
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:${resource}]`,
      reason: 'Glue names the streams of its optimizers itself: the wildcard stands for those of one group.',
    });
  }
  return role.roleArn;
}
