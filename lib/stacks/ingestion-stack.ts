import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Env } from '../../business-logic/shared/env.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import type { EventIntake } from '../constructs/event-intake.ts';
import { EventStream, transformTimeout } from '../constructs/event-stream.ts';
import { KinesisStream } from '../constructs/kinesis-stream.ts';
import { PipelineFunction } from '../constructs/pipeline-function.ts';
import { declarationsOf } from '../schemas/declarations.ts';
import type { EventSchemas } from '../schemas/event-schema.ts';
import { validatorModule } from '../schemas/validator-module.ts';

export interface IngestionStackProps extends StackProps {
  readonly config: PipelineConfig;
  readonly lake: IBucket;
  readonly rawEvents: CfnTable;
  readonly applications: ITableV2;
  /** Keys under which the transform encrypts personal data. */
  readonly playerKeys: ITableV2;
  /** Wraps those keys. */
  readonly piiKey: IKey;
  /** Keys the digests that stand for personal data. */
  readonly digestSecret: ISecret;
  /** What the transform judges events by. */
  readonly schemas: EventSchemas;
}

/** From a record to a row: the Kinesis stream, if any, Firehose, and the function that judges every event. */
export class IngestionStack extends Stack {
  /** Where events are put. */
  readonly stream: EventIntake;
  /** Undefined where events are put to Firehose itself. */
  readonly kinesisStream: KinesisStream | undefined;
  /** Name of the delivery stream. */
  readonly deliveryStream: string;
  readonly transform: PipelineFunction;

  constructor(scope: Construct, id: string, props: IngestionStackProps) {
    super(scope, id, props);
    const { config, lake, rawEvents } = props;

    const transform = this.#transform(props);
    this.transform = transform;
    const isStreaming = config.INGEST_MODE === 'KINESIS_DATA_STREAMS';
    const source = isStreaming ? new KinesisStream(this, 'Stream', { config }) : undefined;
    const delivery = new EventStream(this, 'Events', { config, lake, table: rawEvents, transform, source });
    this.kinesisStream = source;
    this.stream = source ?? delivery;
    this.deliveryStream = delivery.streamName;

    new CfnOutput(this, 'DeliveryStream', { value: delivery.streamName });
    if (source) new CfnOutput(this, 'KinesisStream', { value: source.streamName });
  }

  #transform({
    config,
    applications,
    playerKeys,
    piiKey,
    digestSecret,
    schemas,
  }: IngestionStackProps): PipelineFunction {
    const transform = new PipelineFunction(this, 'Transform', {
      config,
      folder: 'events-processing',
      files: {
        'event-schemas.json': () => JSON.stringify(declarationsOf(schemas)),
        'event-validators.mjs': () => validatorModule(schemas),
      },
      description: 'Turns records into rows: one for each event, accepted or rejected with its reasons',
      timeout: transformTimeout,
      memoryMegabytes: 1_024,
      environment: {
        [Env.undeclaredEventTypes]: config.UNDECLARED_EVENT_TYPES,
        [Env.maxEventAgeDays]: String(config.MAX_EVENT_AGE_DAYS),
      },
    });
    transform.useTable(applications, Env.applicationsTable, ['dynamodb:GetItem']);
    transform.useTable(playerKeys, Env.playerKeysTable, ['dynamodb:BatchGetItem', 'dynamodb:PutItem']);
    transform.useKey(piiKey, Env.piiKeyId, ['kms:GenerateDataKey', 'kms:Decrypt']);
    transform.useSecret(digestSecret, Env.digestSecret);
    return transform;
  }
}
