import { Aws, Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StateMachine } from './state-machine.ts';

export interface WarehouseNoticesProps {
  /** Who hears of failures of the lake hears of these. */
  readonly failures: ITopic;
  readonly machines: readonly StateMachine[];
  readonly deadLetters: Queue;
}

/** Tells of loads and setups that failed, and of raw objects that could not be loaded. */
export class WarehouseNotices extends Construct {
  constructor(scope: Construct, id: string, { failures, machines, deadLetters }: WarehouseNoticesProps) {
    super(scope, id);
    new Rule(this, 'RunFailed', {
      description: 'A load or a setup of the warehouse did not end well',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: machines.map(({ arn }) => arn), status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [
        new SnsTopic(failures, {
          message: RuleTargetInput.fromObject({
            execution: field('executionArn'),
            state: field('status'),
            error: field('error'),
            cause: field('cause'),
          }),
        }),
      ],
    });

    const alarm = new Alarm(this, 'NotLoaded', {
      alarmDescription: 'Raw objects could not be loaded into the warehouse; their errors stand in the queue',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // SQS stops counting queues that nobody has used for hours.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(failures));
    // The topic's policy names who may publish, and alarms are nobody of them yet.
    failures.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [failures.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
  }
}

const field = (name: string): string => EventField.fromPath(`$.detail.${name}`);
