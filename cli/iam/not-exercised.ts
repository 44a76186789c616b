/** A statement that a role has and that nothing on the laptop needs: what it is for, by whose word. */
export interface NotExercised {
  /** Fits the statement's policy and place in it, e.g. `playlake-dev-api/AdminRoleDefaultPolicy…[3]`. */
  readonly role: RegExp;
  /** One of the statement's actions, where the policy has others too. */
  readonly action?: string;
  readonly reason: string;
  /** Where AWS says that it is needed. */
  readonly source: string;
}

/** What no stand-in can exercise. */
export const notExercised: readonly NotExercised[] = [
  {
    role: /\/ApiCloudWatchRole/,
    reason: 'the gateway of the laptop writes its access log without CloudWatch',
    source:
      'API Gateway developer guide, "Set up CloudWatch logging for REST APIs", permissions for CloudWatch logging',
  },
  {
    role: /\/CustomS3AutoDeleteObjects/,
    reason: 'the CDK’s helper, which empties a bucket before CloudFormation deletes it: no bucket is deleted here',
    source: 'aws-cdk-lib, aws-s3, Bucket.autoDeleteObjects',
  },
  {
    role: /\/WarehouseNetwork.*IAMRole/,
    reason: 'there is no network whose flow could be logged',
    source: 'VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs"',
  },
  {
    role: /\/IcebergEventsOptimizer/,
    reason: 'Glue’s optimizers of Iceberg tables have no stand-in: nothing compacts, retires or deletes files here',
    source: 'AWS Glue guide, "Optimizing Iceberg tables", prerequisites',
  },
  {
    role: /\/ScheduleStartWorkflowRole/,
    action: 'sns:Publish',
    reason: 'the function publishes by it when all three tries of an hour fail, which takes a broken account',
    source: 'Lambda guide, "Capturing records of Lambda asynchronous invocations", on-failure destinations',
  },
  {
    role: /\/ReadersLakeDefaultPolicy/,
    action: 'kinesis:DescribeStreamSummary',
    reason: 'a materialized view on a stream has no stand-in: it stays empty',
    source: 'Redshift guide, "Getting started with streaming ingestion from Amazon Kinesis Data Streams"',
  },
  {
    role: /\/ReadersLakeDefaultPolicy/,
    action: 'kinesis:ListStreams',
    reason: 'the same',
    source: 'Redshift guide, "Getting started with streaming ingestion from Amazon Kinesis Data Streams"',
  },
];
