import type { FirehoseTransformationEvent } from 'aws-lambda';
import { bufferMegabytes } from '../../business-logic/events-processing/limits.ts';
import { eventStream } from '../../generator/event-stream.ts';
import type { GameEvent } from '../../generator/game-event.ts';
import { generatorDefaults } from '../../generator/options.ts';
import { createRandom } from '../../generator/random.ts';
import { spoilEvent } from '../../generator/spoil-event.ts';
import { createTruthRecorder } from '../../generator/truth-recorder.ts';
import { padEvent } from '../../test/support/bytes-read/pad-event.ts';
import { arrival, firehoseBatch, packed } from '../../test/support/firehose-batch.ts';

/** An event as a game sends it, and whether it has to be accepted. */
export interface SentEvent {
  readonly json: string;
  readonly eventType: string;
  readonly isGood: boolean;
}

const eventBytes = 600;
/** Of a hundred events one breaks a rule of the event contract. */
const badShare = 0.01;

/** Events of the generator's players, with the words about device and build that make 600 bytes of each; some spoilt. */
export function someEvents(count: number): readonly SentEvent[] {
  const options = { ...generatorDefaults, seed: 'transform', games: 1, players: 2_000, days: 3, malformed: 0 };
  const recorder = createTruthRecorder([{ applicationId: 'game-a', name: 'Game A' }]);
  const random = createRandom('transform').fork('bad');
  const found: SentEvent[] = [];
  for (const { json } of eventStream({ ...options, events: count, end: arrival - 1_000 }, ['game-a'], recorder)) {
    const padded = padEvent(JSON.parse(json) as GameEvent, eventBytes);
    const event = JSON.parse(padded) as GameEvent;
    const isGood = !random.chance(badShare);
    const sent = isGood ? padded : JSON.stringify(spoilEvent(event, random).event);
    found.push({ json: sent, eventType: event.event_type, isGood });
  }
  return found;
}

/** The events in packed requests of so many each, in buffers as Firehose hands them to its transform. */
export function packedBatches(
  events: readonly SentEvent[],
  eventsPerRecord: number,
): readonly FirehoseTransformationEvent[] {
  const batches: string[][] = [[]];
  let size = 0;
  for (let at = 0; at < events.length; at += eventsPerRecord) {
    const texts = events.slice(at, at + eventsPerRecord).map(({ json }) => json);
    const record = packed(`[${texts.join(',')}]`);
    if (size + record.length > bufferMegabytes * 1024 * 1024) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)!.push(record);
    size += record.length;
  }
  return batches.map((records) => firehoseBatch(...records));
}
