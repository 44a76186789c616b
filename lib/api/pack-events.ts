import type { EventIntake } from '../constructs/event-intake.ts';
import { readTemplate } from './read-template.ts';

/** The mapping template that makes a request one record, and puts it where events go. */
export const packEvents = (service: EventIntake['service']): string =>
  `${readTemplate('pack-events')}\n${readTemplate(`put-to-${service}`)}`;

/** The stage variable that holds the stream's name, as the template reads it. */
export const streamVariable = { firehose: 'deliveryStream', kinesis: 'kinesisStream' } as const;
