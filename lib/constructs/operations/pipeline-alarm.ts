import { Alarm, ComparisonOperator, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../../config/schema.ts';

/** What an alarm looks at, and when it goes off. */
export interface AlarmDefinition {
  /** Id in the stack: `RejectedShare`. Its name ends with the same in kebab case, and so does its runbook's heading. */
  readonly id: string;
  /** What is wrong when it goes off, in a sentence. */
  readonly description: string;
  readonly metric: IMetric;
  /** It goes off where the metric is this or more. */
  readonly threshold: number;
  /** How many of the last points have to be; default: the last one. */
  readonly points?: { readonly atLeast: number; readonly of: number };
}

/** Trouble of ten minutes or more, rather than of a moment. */
export const twoOfThree: AlarmDefinition['points'] = { atLeast: 2, of: 3 };

export interface PipelineAlarmProps {
  readonly config: PipelineConfig;
  /** Hears of each alarm that goes off. */
  readonly failures: ITopic;
  readonly definition: AlarmDefinition;
}

/** `rejected-share` of `RejectedShare`. */
export const alarmNameOf = (id: string): string => id.replaceAll(/(?!^)[A-Z]/g, '-$&').toLowerCase();

/**
 * An alarm that can fire and can go quiet: points that are missing are no alarm, since nothing is counted where nobody
 * plays. It tells when it goes off. It does not tell when it is quiet again, since it would also tell that it was made.
 */
export class PipelineAlarm extends Alarm {
  constructor(scope: Construct, { config, failures, definition }: PipelineAlarmProps) {
    const { id, description, metric, threshold, points = { atLeast: 1, of: 1 } } = definition;
    const name = alarmNameOf(id);
    super(scope, id, {
      alarmName: `${config.WORKLOAD_NAME}-${name}`,
      alarmDescription: `${description} What to do: docs/operations.md, ${name}.`,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: points.of,
      datapointsToAlarm: points.atLeast,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.addAlarmAction(new SnsAction(failures));
  }
}
