import { randomUUID } from 'node:crypto';
import type { LocalQueue, LocalQueues } from '../../queues.ts';
import { AwsError } from '../../runtime.ts';

/** A StartMessageMoveTask that is done: on the laptop it is done before it is answered. */
export interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  readonly destinationArn: string | undefined;
  readonly moved: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Seconds that messages are hidden while they are moved. */
const HIDDEN_SECONDS = 60;

/**
 * Sends the visible messages of a queue of dead letters to another one, or each to where it came from. They get new ids.
 * Throws UnsupportedOperation where it is nobody's dead letters.
 */
export async function moveMessages(
  queues: LocalQueues,
  source: LocalQueue,
  destination: LocalQueue | undefined,
): Promise<MoveTask> {
  if (!queues.all().some(({ settings }) => settings.redrive?.deadLetterTargetArn === source.arn)) {
    throw new AwsError('UnsupportedOperation', 'Source queue must be configured as a Dead Letter Queue.');
  }
  const startedAt = Date.now();
  let moved = 0;
  for (;;) {
    const received = await source.receive(10, HIDDEN_SECONDS);
    if (received.length === 0) {
      return { handle: randomUUID(), sourceArn: source.arn, destinationArn: destination?.arn, moved, startedAt };
    }
    for (const { message, receiptHandle } of received) {
      const target = destination ?? queues.all().find(({ arn }) => arn === message.source);
      // What was sent here by itself came from nowhere; it shows up again.
      if (!target) continue;
      await target.send([{ body: message.body, attributes: message.attributes }], message.sender);
      await source.remove(receiptHandle);
      moved += 1;
    }
  }
}

/** An entry of ListMessageMoveTasks. */
export function movedOf({ sourceArn, destinationArn, moved, startedAt }: MoveTask): Record<string, unknown> {
  return {
    Status: 'COMPLETED',
    SourceArn: sourceArn,
    ...(destinationArn !== undefined && { DestinationArn: destinationArn }),
    ApproximateNumberOfMessagesMoved: moved,
    ApproximateNumberOfMessagesToMove: moved,
    StartedTimestamp: startedAt,
  };
}
