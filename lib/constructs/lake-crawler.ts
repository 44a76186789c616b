import { Stack, Validations } from 'aws-cdk-lib';
import { CfnCrawler, type CfnDatabase } from 'aws-cdk-lib/aws-glue';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { grantFolders } from './grant-folders.ts';
import { grantTables } from './grant-tables.ts';
import { lakeFolders } from './lake-folders.ts';

export interface LakeCrawlerProps {
  readonly config: PipelineConfig;
  readonly database: CfnDatabase;
  readonly lake: IBucket;
}

/** What the names of its tables start with. No table of ours does, and its role may touch no other. */
export const crawledTables = 'crawled_';

/** Each folder in here is one table. */
const crawledFolders = [lakeFolders.custom, lakeFolders.errors];

/** What a crawl does with its tables in the catalog. */
const keepTables = [
  'glue:BatchCreatePartition',
  'glue:BatchGetPartition',
  'glue:CreatePartition',
  'glue:CreateTable',
  'glue:GetDatabase',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:GetTable',
  'glue:GetTables',
  'glue:UpdatePartition',
  'glue:UpdateTable',
];

/** Catalogs what no schema describes: data sets that a studio lays beside ours, and what Firehose could not deliver. */
export class LakeCrawler extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: LakeCrawlerProps) {
    super(scope, id);
    const { config, database, lake } = props;
    const name = `${config.WORKLOAD_NAME}-crawler`;
    const role = this.#role(props, name);

    const crawler = new CfnCrawler(this, 'Crawler', {
      name,
      description: 'Makes tables of what no schema describes',
      role: role.roleArn,
      databaseName: database.ref,
      tablePrefix: crawledTables,
      targets: {
        s3Targets: crawledFolders.map((folder) => ({
          path: `${lake.s3UrlForObject(folder)}/`,
          exclusions: ['**/_*', '**/.*'],
        })),
      },
      // A table that somebody has corrected by hand stays as it is: changes are logged, new partitions are added.
      schemaChangePolicy: { updateBehavior: 'LOG', deleteBehavior: 'LOG' },
      recrawlPolicy: { recrawlBehavior: 'CRAWL_NEW_FOLDERS_ONLY' },
      configuration: crawlConfiguration,
    });
    crawler.node.addDependency(role);
    this.name = crawler.ref;
    Validations.of(crawler).acknowledge({
      id: 'AwsSolutions-GL1',
      reason: 'The log names tables and folders, no payloads; CloudWatch encrypts it with a key of its own.',
    });
  }

  #role({ database, lake }: LakeCrawlerProps, crawler: string): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('glue.amazonaws.com') });

    Grant.addToPrincipal({
      grantee: role,
      actions: ['s3:GetBucketLocation', 's3:ListBucket'],
      resourceArns: [lake.bucketArn],
    });
    grantFolders(role, lake, crawledFolders, ['s3:GetObject']);
    grantTables(role, database, [`${crawledTables}*`], keepTables);
    Grant.addToPrincipal({
      grantee: role,
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resourceArns: ['', ':log-stream:', `:log-stream:${crawler}`].map((stream) =>
        // All crawlers of an account write to this group, whose name Glue decides, one stream each.
        Stack.of(this).formatArn({ service: 'logs', resource: `log-group:/aws-glue/crawlers${stream}` }),
      ),
    });
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>:table/<${Stack.of(this).getLogicalId(database)}>/${crawledTables}*]`,
      reason: 'Tables are named after folders that studios make: the wildcard stands for what follows the prefix.',
    });
    return role;
  }
}

/** The third level below the bucket's name is a table: `custom/<data set>`, `firehose-errors/<type>`. */
const crawlConfiguration = JSON.stringify({
  Version: 1,
  CrawlerOutput: { Partitions: { AddOrUpdateBehavior: 'InheritFromTable' } },
  Grouping: { TableLevelConfiguration: 3 },
});
