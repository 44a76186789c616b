import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export interface AnalyticsBucketProps {
  /** Keep the objects when the stack is deleted. Off only for throw-away environments. */
  readonly keepData: boolean;
  /** Refuse to delete it, or a version of an object, whoever asks: what expires by a rule of the bucket goes all the same. */
  readonly isProtected: boolean;
  /** Bucket that S3 writes the access log to; none for a bucket that holds such logs itself. */
  readonly accessLogs?: IBucket;
  /** Deletes the objects of a folder (of the whole bucket: '') this many days after they were written. */
  readonly expiry?: readonly { readonly folder: string; readonly days: number }[];
  /** Whether replaced and deleted objects of kept data can be brought back for a week. Off for what must be gone at once. */
  readonly keepsVersions?: boolean;
  /** Whether EventBridge hears of every object. Off by default. */
  readonly tellsEventBridge?: boolean;
}

/** A private, encrypted bucket that takes TLS only. Stateful: changing its id replaces it. */
export class AnalyticsBucket extends Bucket {
  constructor(scope: Construct, id: string, props: AnalyticsBucketProps) {
    const { keepData, isProtected, accessLogs, expiry = [], keepsVersions = true, tellsEventBridge = false } = props;
    const versioned = keepData && keepsVersions;
    super(scope, id, {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned,
      removalPolicy: keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      autoDeleteObjects: !keepData,
      ...(accessLogs && { serverAccessLogsBucket: accessLogs, serverAccessLogsPrefix: `${id.toLowerCase()}/` }),
      lifecycleRules: [...expiry.map(expireFolder), removeLeftovers(versioned)],
    });
    if (isProtected) {
      this.addToResourcePolicy(
        new PolicyStatement({
          sid: 'KeepData',
          effect: Effect.DENY,
          principals: [new AnyPrincipal()],
          actions: ['s3:DeleteBucket', 's3:DeleteObjectVersion'],
          resources: [this.bucketArn, this.arnForObjects('*')],
        }),
      );
    }
    // CDK's own switch would add a function that sets what CloudFormation can set.
    if (tellsEventBridge) {
      const bucket = this.node.defaultChild as CfnBucket;
      bucket.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }
  }
}

const expireFolder = ({ folder, days }: { folder: string; days: number }): LifecycleRule => ({
  ...(folder === '' ? { id: 'expire' } : { id: `expire-${folder}`, prefix: `${folder}/` }),
  expiration: Duration.days(days),
});

/** Replaced and deleted versions are kept for a week, long enough to undo a mistake. */
const removeLeftovers = (versioned: boolean): LifecycleRule => ({
  id: 'remove-leftovers',
  abortIncompleteMultipartUploadAfter: Duration.days(1),
  ...(versioned && { noncurrentVersionExpiration: Duration.days(7), expiredObjectDeleteMarker: true }),
});
