import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { AnalyticsBucket } from '../constructs/analytics-bucket.ts';
import { ApplicationTable } from '../constructs/application-table.ts';
import { AuthorizationTable } from '../constructs/authorization-table.ts';
import { keepDeletionLogs } from '../constructs/keep-deletion-logs.ts';
import { lakeExpiry } from '../constructs/lake-folders.ts';

export interface StorageStackProps extends StackProps {
  readonly config: PipelineConfig;
}

/** Everything that must outlive a redeploy: the event lake, the registered games and their tokens. */
export class StorageStack extends Stack {
  readonly lake: IBucket;
  readonly applications: ITableV2;
  readonly authorizations: ITableV2;

  constructor(scope: Construct, id: string, props: StorageStackProps) {
    const keepData = !props.config.DEV_MODE;
    super(scope, id, { terminationProtection: keepData, ...props });

    const accessLogs = new AnalyticsBucket(this, 'AccessLogs', {
      keepData,
      expiry: [{ folder: '', days: props.config.CLOUDWATCH_RETENTION_DAYS }],
    });
    this.lake = new AnalyticsBucket(this, 'Lake', { keepData, accessLogs, expiry: lakeExpiry(props.config) });
    this.applications = new ApplicationTable(this, 'Applications', { keepData });
    this.authorizations = new AuthorizationTable(this, 'Authorizations', { keepData });

    if (!keepData) keepDeletionLogs(this, props.config);

    new CfnOutput(this, 'LakeBucket', { value: this.lake.bucketName });
  }
}
