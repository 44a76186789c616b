import { CfnDeletionPolicy, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { CfnTable } from 'aws-cdk-lib/aws-glue';
import { Grant, Role, ServicePrincipal, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream, type CfnDeliveryStreamProps } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogStream, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';
import { bufferMegabytes } from '../../business-logic/events-processing/limits.ts';
import { deliveryIntervalSeconds, deliveryMegabytes, transformIntervalSeconds } from './delivery-intervals.ts';
import type { EventIntake } from './event-intake.ts';
import { grantFolders } from './grant-folders.ts';
import type { KinesisStream } from './kinesis-stream.ts';
import { lakeFolders } from './lake-folders.ts';
import { grantReadColumns, toParquet } from './parquet-conversion.ts';
import { RetainedLogs } from './retained-logs.ts';

export interface EventStreamProps {
  readonly config: PipelineConfig;
  readonly lake: IBucket;
  /** Its columns decide what the Parquet files hold. */
  readonly table: CfnTable;
  readonly transform: IFunction;
  /** Read instead of taking records that are put. */
  readonly source?: KinesisStream | undefined;
}

/** Firehose waits five minutes at most for its transform. */
export const transformTimeout = Duration.minutes(5);

/** The day of arrival (UTC) of the oldest record in a file. `yyyy`, since `YYYY` is the year of the week. */
const day = 'ingest_date=!{timestamp:yyyy-MM-dd}/';

/**
 * Takes packed requests and single events, or reads them from a Kinesis stream, has them transformed, and writes
 * Parquet. Its name is generated and the stream is kept when a change replaces it, so that an old stream still delivers
 * what it holds.
 */
export class EventStream extends Construct implements EventIntake {
  readonly service = 'firehose';
  readonly streamName: string;
  readonly #arn: string;

  constructor(scope: Construct, id: string, props: EventStreamProps) {
    super(scope, id);
    const logs = new RetainedLogs(this, 'Logs', { config: props.config });
    const role = this.#role(props, logs);

    const source = props.source && { stream: props.source, reader: this.#reader(props.source) };
    const stream = new CfnDeliveryStream(this, streamId(props), {
      ...intakeOf(source),
      extendedS3DestinationConfiguration: this.#destination(props, role, logs),
    });
    if (props.source) {
      Validations.of(stream).acknowledge({
        id: 'AwsSolutions-KDF1',
        reason: 'What is read from Kinesis is encrypted there; Firehose refuses to be asked for it again.',
      });
    }
    stream.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    stream.cfnOptions.deletionPolicy = props.config.DEV_MODE ? CfnDeletionPolicy.DELETE : CfnDeletionPolicy.RETAIN;
    // Firehose looks at the roles' policies and the table when the stream is made.
    stream.node.addDependency(role, props.table);
    if (source) stream.node.addDependency(source.reader);

    this.streamName = stream.ref;
    this.#arn = stream.attrArn;
  }

  grantPutRecord(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({ grantee, actions: ['firehose:PutRecord'], resourceArns: [this.#arn] });
  }

  grantPutBatch(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({ grantee, actions: ['firehose:PutRecordBatch'], resourceArns: [this.#arn] });
  }

  #role({ config, lake, table, transform }: EventStreamProps, logs: ILogGroup): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('firehose.amazonaws.com') });
    const folders = [config.RAW_EVENTS_PREFIX, lakeFolders.errors];
    if (config.S3_BACKUP_MODE) folders.push(lakeFolders.backup);

    Grant.addToPrincipal({
      grantee: role,
      actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      resourceArns: [lake.bucketArn],
    });
    grantFolders(role, lake, folders, ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject']);
    grantReadColumns(role, table);
    Grant.addToPrincipal({ grantee: role, actions: ['lambda:InvokeFunction'], resourceArns: [transform.functionArn] });
    logs.grantWrite(role);
    return role;
  }

  /** Reads the Kinesis stream. A role of its own: after a change of mode the old stream still reads in its name. */
  #reader(source: KinesisStream): Role {
    const reader = new Role(this, 'SourceRole', { assumedBy: new ServicePrincipal('firehose.amazonaws.com') });
    source.grantFollow(reader);
    return reader;
  }

  #destination(
    { config, lake, table, transform }: EventStreamProps,
    role: Role,
    logs: ILogGroup,
  ): CfnDeliveryStream.ExtendedS3DestinationConfigurationProperty {
    const intervalInSeconds = deliveryIntervalSeconds(config);
    const s3 = { bucketArn: lake.bucketArn, roleArn: role.roleArn };

    return {
      ...s3,
      prefix: `${config.RAW_EVENTS_PREFIX}/${day}`,
      errorOutputPrefix: `${lakeFolders.errors}/!{firehose:error-output-type}/${day}`,
      bufferingHints: { sizeInMBs: deliveryMegabytes, intervalInSeconds },
      // Parquet compresses itself; Firehose refuses a second compression.
      compressionFormat: 'UNCOMPRESSED',
      cloudWatchLoggingOptions: this.#logTo(logs, 'Delivery'),
      processingConfiguration: { enabled: true, processors: [lambdaProcessor(transform)] },
      dataFormatConversionConfiguration: toParquet(table, role),
      s3BackupMode: config.S3_BACKUP_MODE ? 'Enabled' : 'Disabled',
      ...(config.S3_BACKUP_MODE && {
        s3BackupConfiguration: {
          ...s3,
          prefix: `${lakeFolders.backup}/${day}`,
          errorOutputPrefix: `${lakeFolders.errors}/!{firehose:error-output-type}/${day}`,
          bufferingHints: { sizeInMBs: deliveryMegabytes, intervalInSeconds },
          compressionFormat: 'GZIP',
          cloudWatchLoggingOptions: this.#logTo(logs, 'Backup'),
        },
      }),
    };
  }

  #logTo(logGroup: ILogGroup, id: string): CfnDeliveryStream.CloudWatchLoggingOptionsProperty {
    const { logStreamName } = new LogStream(this, `${id}Log`, { logGroup, removalPolicy: RemovalPolicy.DESTROY });
    return { enabled: true, logGroupName: logGroup.logGroupName, logStreamName };
  }
}

/** What Firehose cannot change in place (its source, its backup once it is on) is part of the id, and makes a new stream. */
const streamId = ({ config, source }: EventStreamProps): string =>
  ['Stream', source && 'FromKinesis', config.S3_BACKUP_MODE && 'WithBackup'].filter(Boolean).join('');

interface Source {
  readonly stream: KinesisStream;
  readonly reader: Role;
}

/** Firehose encrypts what is put to it; what it reads from Kinesis is encrypted there, and it refuses to do it again. */
const intakeOf = (
  source: Source | undefined,
): Pick<
  CfnDeliveryStreamProps,
  'deliveryStreamType' | 'deliveryStreamEncryptionConfigurationInput' | 'kinesisStreamSourceConfiguration'
> =>
  source === undefined
    ? { deliveryStreamType: 'DirectPut', deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' } }
    : {
        deliveryStreamType: 'KinesisStreamAsSource',
        kinesisStreamSourceConfiguration: {
          kinesisStreamArn: source.stream.streamArn,
          roleArn: source.reader.roleArn,
        },
      };

/** Both buffer settings have to stand there: Firehose refuses an interval without a size. */
const lambdaProcessor = (transform: IFunction): CfnDeliveryStream.ProcessorProperty => ({
  type: 'Lambda',
  parameters: [
    { parameterName: 'LambdaArn', parameterValue: transform.functionArn },
    { parameterName: 'NumberOfRetries', parameterValue: '3' },
    { parameterName: 'BufferSizeInMBs', parameterValue: String(bufferMegabytes) },
    { parameterName: 'BufferIntervalInSeconds', parameterValue: String(transformIntervalSeconds) },
  ],
});
