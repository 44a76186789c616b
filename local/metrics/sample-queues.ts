import type { LocalQueues } from '../queues.ts';
import type { Clock, MetricDatum } from '../runtime.ts';

/** How deep each queue is, and how long the oldest of its messages has lain there. */
export function sampleQueues(queues: Pick<LocalQueues, 'all'>, clock: Clock): readonly MetricDatum[] {
  return queues.all().flatMap((queue) => {
    const { visible, inFlight } = queue.counts();
    const dimensions = { QueueName: queue.name };
    const of = (name: string, value: number, unit: 'Count' | 'Seconds'): MetricDatum => ({
      namespace: 'AWS/SQS',
      name,
      dimensions,
      value,
      unit,
    });
    const oldest = queue.oldestSentAt();
    return [
      of('ApproximateNumberOfMessagesVisible', visible, 'Count'),
      of('ApproximateNumberOfMessagesNotVisible', inFlight, 'Count'),
      of('ApproximateAgeOfOldestMessage', oldest === undefined ? 0 : Math.max(0, clock() - oldest) / 1000, 'Seconds'),
    ];
  });
}
