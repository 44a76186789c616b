import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { StateMachine } from './state-machine.ts';

export interface WarehouseNoticesProps {
  /** Who hears of failures of the lake hears of these. */
  readonly failures: ITopic;
  readonly machines: readonly StateMachine[];
}

/** Tells of loads and setups that failed, and why. */
export class WarehouseNotices extends Construct {
  constructor(scope: Construct, id: string, { failures, machines }: WarehouseNoticesProps) {
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
  }
}

const field = (name: string): string => EventField.fromPath(`$.detail.${name}`);
