import { CustomResource, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { Env } from '../../business-logic/shared/env.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import { buildConsole, consoleVersion } from '../console/build-console.ts';
import { PipelineFunction } from './pipeline-function.ts';

export interface ConsoleFilesProps {
  readonly config: PipelineConfig;
}

/**
 * The console's files in a private bucket of their own. The function that a deployment calls bears the files itself: the
 * bucket holds nothing that a deployment could not put there again, and goes with the stack.
 */
export class ConsoleFiles extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { config }: ConsoleFilesProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'It holds the files of a page that anybody may read; what the page asks for is in the log of the API.',
    });

    const version = consoleVersion();
    const put = new PipelineFunction(this, 'Put', {
      config,
      folder: 'console-files',
      files: { 'console.json': () => JSON.stringify(buildConsole(version)) },
      description: 'Puts the files of the console into their bucket',
      timeout: Duration.minutes(2),
      memoryMegabytes: 512,
      environment: { [Env.consoleBucket]: this.bucket.bucketName },
    });
    Grant.addToPrincipal({ grantee: put, actions: ['s3:ListBucket'], resourceArns: [this.bucket.bucketArn] });
    const objects = ['s3:PutObject', 's3:DeleteObject'];
    Grant.addToPrincipal({ grantee: put, actions: objects, resourceArns: [this.bucket.arnForObjects('console*')] });
    Validations.of(put.role!).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${Stack.of(this).getLogicalId(this.bucket.node.defaultChild as never)}.Arn>/console*]`,
      reason: 'All objects of the bucket are the console’s files.',
    });

    const done = new CustomResource(this, 'Done', {
      serviceToken: put.functionArn,
      resourceType: 'Custom::ConsoleFiles',
      serviceTimeout: Duration.minutes(5),
      properties: { Version: version, Workload: config.WORKLOAD_NAME, Stage: config.API_STAGE_NAME },
    });
    done.node.addDependency(put, put.role!);
  }
}
