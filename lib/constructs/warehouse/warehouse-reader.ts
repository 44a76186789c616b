import type { CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { CompositePrincipal, Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { grantFolders } from '../grant-folders.ts';
import { grantTables } from '../grant-tables.ts';

export interface WarehouseReaderProps {
  readonly database: CfnDatabase;
  readonly bucket: IBucket;
  readonly folders: readonly string[];
  /** Tables that lie in these folders, by their names in the catalog. */
  readonly tables: readonly string[];
}

/** What Redshift reads of the catalog. */
const readCatalog = [
  'glue:BatchGetPartition',
  'glue:GetDatabase',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:GetTable',
  'glue:GetTables',
];

/** With what Redshift reads some folders of a bucket, and the tables in them. It writes nowhere. */
export class WarehouseReader extends Role {
  constructor(scope: Construct, id: string, { database, bucket, folders, tables }: WarehouseReaderProps) {
    super(scope, id, {
      assumedBy: new CompositePrincipal(
        new ServicePrincipal('redshift.amazonaws.com'),
        new ServicePrincipal('redshift-serverless.amazonaws.com'),
      ),
    });
    grantFolders(this, bucket, folders, ['s3:GetObject']);
    Grant.addToPrincipal({ grantee: this, actions: ['s3:GetBucketLocation'], resourceArns: [bucket.bucketArn] });
    Grant.addToPrincipal({
      grantee: this,
      actions: ['s3:ListBucket'],
      resourceArns: [bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': folders.map((folder) => `${folder}/*`) } },
    });
    grantTables(this, database, tables, readCatalog);
  }
}
