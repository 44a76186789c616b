import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { metricNamespace } from '../../../business-logic/shared/metrics.ts';
import type { PipelineConfig } from '../../../config/schema.ts';

/** Every metric that an alarm or the dashboard shows, under AWS's own names; five minutes a point unless it says so. */
export type Statistic = 'Sum' | 'Maximum' | 'Average' | 'p99';

const metric =
  (namespace: string, dimensionsMap: Readonly<Record<string, string>>) =>
  (metricName: string, statistic: Statistic = 'Sum', label: string = metricName): Metric =>
    new Metric({
      namespace,
      metricName,
      statistic,
      label,
      period: Duration.minutes(5),
      ...(Object.keys(dimensionsMap).length > 0 && { dimensionsMap: { ...dimensionsMap } }),
    });

/** https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html */
export const firehose = (DeliveryStreamName: string) => metric('AWS/Firehose', { DeliveryStreamName });

/** https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html */
export const kinesis = (StreamName: string) => metric('AWS/Kinesis', { StreamName });

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export const lambda = ({ functionName }: IFunction) => metric('AWS/Lambda', { FunctionName: functionName });

/** What a function counts itself. */
export const own = ({ functionName }: IFunction, more: Readonly<Record<string, string>> = {}) =>
  metric(metricNamespace, { FunctionName: functionName, ...more });

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html */
export const apiGateway = ({ WORKLOAD_NAME, API_STAGE_NAME }: PipelineConfig) =>
  metric('AWS/ApiGateway', { ApiName: WORKLOAD_NAME, Stage: API_STAGE_NAME });

/**
 * What is counted in the access log. A metric filter that says 0 where nothing matches may have no dimensions
 * (`AWS::Logs::MetricFilter`), so the namespace tells deployments apart.
 */
export const accessLogNamespace = ({ WORKLOAD_NAME }: PipelineConfig): string => `${metricNamespace}/${WORKLOAD_NAME}`;

export const accessLog = (config: PipelineConfig) => metric(accessLogNamespace(config), {});

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
export const eventRule = (RuleName: string) => metric('AWS/Events', { RuleName });

/** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
export const stateMachine = (StateMachineArn: string) => metric('AWS/States', { StateMachineArn });

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
export const queue = (QueueName: string) => metric('AWS/SQS', { QueueName });

/** https://docs.aws.amazon.com/athena/latest/ug/query-metrics-viewing.html */
export const athena = (WorkGroup: string) => metric('AWS/Athena', { WorkGroup });
