import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';

export interface RetainedLogsProps {
  readonly config: PipelineConfig;
  /** Only where the service itself decides the name. */
  readonly logGroupName?: string;
}

/** A log group that forgets after CLOUDWATCH_RETENTION_DAYS and goes with its stack. */
export class RetainedLogs extends LogGroup {
  constructor(scope: Construct, id: string, { config, logGroupName }: RetainedLogsProps) {
    super(scope, id, {
      ...(logGroupName !== undefined && { logGroupName }),
      retention: config.CLOUDWATCH_RETENTION_DAYS as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
