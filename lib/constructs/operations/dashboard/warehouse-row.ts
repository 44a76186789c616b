import type { Row } from 'aws-cdk-lib/aws-cloudwatch';
import { queue, stateMachine } from '../metrics.ts';
import type { Watched } from '../watched.ts';
import { row } from './widgets.ts';

/** Raw objects on their way into the warehouse. */
export function warehouseRow({ files, deadLetters, machines }: NonNullable<Watched['warehouse']>): readonly Row[] {
  const load = stateMachine(machines.load);
  const waiting = queue(files.queueName);
  return row('Warehouse', [
    ['Files that wait', [waiting('ApproximateNumberOfMessagesVisible', 'Maximum')]],
    ['Age of the oldest, seconds', [waiting('ApproximateAgeOfOldestMessage', 'Maximum')]],
    ['Files that cannot be loaded', [queue(deadLetters.queueName)('ApproximateNumberOfMessagesVisible', 'Maximum')]],
    ['Loads', [load('ExecutionsSucceeded'), load('ExecutionsFailed'), load('ExecutionsTimedOut')]],
  ]);
}
