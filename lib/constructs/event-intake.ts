import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';

/** Where events are put: the delivery stream itself, or the Kinesis stream that it reads. */
export interface EventIntake {
  readonly service: 'firehose' | 'kinesis';
  readonly streamName: string;
  /** Lets somebody put single records, and nothing else. */
  grantPutRecord(grantee: IGrantable): Grant;
  /** Lets somebody put batches of records, and nothing else. */
  grantPutBatch(grantee: IGrantable): Grant;
}
