import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { PipelineConfig } from '../../../../config/schema.ts';
import { queue, stateMachine } from '../metrics.ts';
import type { AlarmDefinition } from '../pipeline-alarm.ts';
import type { Watched } from '../watched.ts';

/** Raw objects on their way into the warehouse. */
export function warehouseAlarms(
  config: PipelineConfig,
  { files, deadLetters, machines }: NonNullable<Watched['warehouse']>,
): readonly AlarmDefinition[] {
  return [
    {
      id: 'DeadLetters',
      description: 'Raw objects could not be loaded into the warehouse; their errors stand in the queue.',
      metric: queue(deadLetters.queueName)('ApproximateNumberOfMessagesVisible', 'Maximum'),
      threshold: 1,
    },
    {
      id: 'WarehouseBehind',
      description: 'Raw objects wait for the warehouse for an hour longer than a load is apart from the next.',
      metric: queue(files.queueName)('ApproximateAgeOfOldestMessage', 'Maximum'),
      threshold: Duration.minutes(60 + config.WAREHOUSE_LOAD_MINUTES).toSeconds(),
      points: { atLeast: 2, of: 3 },
    },
    {
      id: 'LoadsFailed',
      description: 'Loads of the warehouse fail, one after the other.',
      metric: endedBadly(machines.load),
      threshold: 2,
    },
    {
      id: 'SetupFailed',
      description: 'The warehouse could not be set up.',
      metric: endedBadly(machines.setup),
      threshold: 1,
    },
  ];
}

function endedBadly(machineArn: string): MathExpression {
  const ended = stateMachine(machineArn);
  return new MathExpression({
    label: 'failed executions',
    expression: 'SUM([failed, timedOut, aborted])',
    usingMetrics: {
      failed: ended('ExecutionsFailed'),
      timedOut: ended('ExecutionsTimedOut'),
      aborted: ended('ExecutionsAborted'),
    },
    period: Duration.hours(1),
  });
}
