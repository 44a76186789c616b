import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import type { EventIntake } from './event-intake.ts';

export interface KinesisStreamProps {
  readonly config: PipelineConfig;
}

/**
 * The stream that events pass before Firehose, for whoever reads them within seconds or once more. Its records stay at
 * the default of 1 MiB at most, although Kinesis would take ten: Firehose hands each to a function, whose payload ends
 * at 6 MB.
 */
export class KinesisStream extends Stream implements EventIntake {
  readonly service = 'kinesis';

  constructor(scope: Construct, id: string, { config }: KinesisStreamProps) {
    super(scope, id, {
      ...(config.STREAM_PROVISIONED
        ? { streamMode: StreamMode.PROVISIONED, shardCount: config.STREAM_SHARD_COUNT }
        : { streamMode: StreamMode.ON_DEMAND }),
      retentionPeriod: Duration.hours(config.STREAM_RETENTION_HOURS),
      encryption: StreamEncryption.MANAGED,
      removalPolicy: config.DEV_MODE ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-KDS3',
      reason:
        "Kinesis' own key encrypts the stream without a permission on a key for each who puts or reads; the lake behind " +
        'it holds the same events.',
    });
  }

  grantPutRecord(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({ grantee, actions: ['kinesis:PutRecord'], resourceArns: [this.streamArn] });
  }

  grantPutBatch(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({ grantee, actions: ['kinesis:PutRecords'], resourceArns: [this.streamArn] });
  }

  /** Lets a service follow every shard from where it likes to. */
  grantFollow(grantee: IGrantable): Grant {
    const actions = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListShards'].map((one) => `kinesis:${one}`);
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.streamArn] });
  }
}
