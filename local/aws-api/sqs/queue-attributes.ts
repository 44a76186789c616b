import type { LocalQueue } from '../../queues.ts';

/** The attributes of GetQueueAttributes that are asked for. */
export function queueAttributes(queue: LocalQueue, asked: readonly string[]): Readonly<Record<string, string>> {
  const { settings, arn, createdAt } = queue;
  const { redrive, ...numbers } = settings;
  const { visible, inFlight, delayed } = queue.counts();
  const seconds = String(Math.floor(createdAt / 1000));
  const all: Readonly<Record<string, string>> = {
    QueueArn: arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: seconds,
    LastModifiedTimestamp: seconds,
    ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)])),
    ...(redrive && { RedrivePolicy: JSON.stringify(redrive) }),
    SqsManagedSseEnabled: 'true',
  };
  return asked.includes('All') ? all : Object.fromEntries(Object.entries(all).filter(([name]) => asked.includes(name)));
}
