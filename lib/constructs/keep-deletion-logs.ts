import { type Stack, CfnResource } from 'aws-cdk-lib';
import type { PipelineConfig } from '../../config/schema.ts';
import { RetainedLogs } from './retained-logs.ts';

/**
 * The CDK's own function that empties the buckets of a throw-away stack would keep its log for ever: gives it a log
 * group with our retention.
 */
export function keepDeletionLogs(stack: Stack, config: PipelineConfig): void {
  const handler = stack.node.findChild('Custom::S3AutoDeleteObjectsCustomResourceProvider').node.findChild('Handler');
  if (!(handler instanceof CfnResource)) throw new Error('the CDK no longer empties buckets by a function of its own');

  const logs = new RetainedLogs(stack, 'DeletionLogs', { config });
  handler.addPropertyOverride('LoggingConfig.LogGroup', logs.logGroupName);
}
