import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { Env } from '../../business-logic/shared/env.ts';
import type { PipelineConfig } from '../../config/schema.ts';
import { EventStream } from '../constructs/event-stream.ts';
import { PipelineFunction } from '../constructs/pipeline-function.ts';
import type { EventSchemas } from '../schemas/event-schema.ts';

export interface IngestionStackProps extends StackProps {
  readonly config: PipelineConfig;
  readonly lake: IBucket;
  readonly rawEvents: CfnTable;
  readonly applications: ITableV2;
  /** What the transform judges events by. */
  readonly schemas: EventSchemas;
}

/** From a record to a row: Firehose, and the function that judges every event. */
export class IngestionStack extends Stack {
  readonly stream: EventStream;

  constructor(
    scope: Construct,
    id: string,
    { config, lake, rawEvents, applications, schemas, ...props }: IngestionStackProps,
  ) {
    super(scope, id, props);

    const transform = new PipelineFunction(this, 'Transform', {
      config,
      folder: 'events-processing',
      files: { 'event-schemas.json': JSON.stringify(schemas) },
      description: 'Turns records into rows: one for each event, accepted or rejected with its reasons',
      // Firehose waits five minutes at most.
      timeout: Duration.minutes(5),
      memoryMegabytes: 1_024,
      environment: {
        [Env.undeclaredEventTypes]: config.UNDECLARED_EVENT_TYPES,
        [Env.maxEventAgeDays]: String(config.MAX_EVENT_AGE_DAYS),
      },
    });
    transform.useTable(applications, Env.applicationsTable, ['dynamodb:GetItem']);

    this.stream = new EventStream(this, 'Events', { config, lake, table: rawEvents, transform });

    new CfnOutput(this, 'DeliveryStream', { value: this.stream.streamName });
  }
}
