import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../../config/schema.ts';

export interface WarehouseFilesProps {
  readonly config: PipelineConfig;
  readonly lake: IBucket;
}

/** Longer than a load may take, so that no file is handed out twice. Hours; SQS allows 12. */
export const visibilityHours = 3;

/**
 * The raw objects that are still to be loaded. The bucket tells EventBridge of each, EventBridge this queue: a
 * notification from the bucket itself would make the two stacks depend on each other both ways.
 */
export class WarehouseFiles extends Construct {
  readonly queue: Queue;
  /** Objects that cannot be loaded, each with its error. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { config, lake }: WarehouseFilesProps) {
    super(scope, id);
    const common = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    } as const;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...common,
      queueName: `${config.WORKLOAD_NAME}-warehouse-dead-letters`,
    });
    this.queue = new Queue(this, 'Files', {
      ...common,
      queueName: `${config.WORKLOAD_NAME}-warehouse-files`,
      visibilityTimeout: Duration.hours(visibilityHours),
      // A load takes messages only when the warehouse answers; what came back this often ends each run that takes it.
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 50 },
    });

    new Rule(this, 'Arrived', {
      description: 'A raw object has been written',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [lake.bucketName] },
          object: { key: [{ prefix: `${config.RAW_EVENTS_PREFIX}/` }] },
        },
      },
      targets: [new SqsQueue(this.queue, { deadLetterQueue: this.deadLetters })],
    });
  }
}
