import { bufferMegabytes } from '../../../business-logic/events-processing/limits.ts';
import { eventStream } from '../../../generator/event-stream.ts';
import type { GameEvent } from '../../../generator/game-event.ts';
import { generatorDefaults } from '../../../generator/options.ts';
import { createTruthRecorder } from '../../../generator/truth-recorder.ts';
import { aTransform } from '../../business-logic/events-processing/a-transform.ts';
import { padEvent } from '../bytes-read/pad-event.ts';
import { firehoseBatch, packed } from '../firehose-batch.ts';

export interface TransformTime {
  /** Microseconds of processor time for each event, its share of the invocation's JSON included. */
  readonly microsecondsPerEvent: number;
  /** Length of the events, in bytes. */
  readonly meanEventBytes: number;
}

const eventsPerRecord = 20;
const rounds = 9;

/** Times the transform on full buffers of packed records, with the JSON of invocation and answer; the median of rounds. */
export async function timeTransform(eventBytes: number): Promise<TransformTime> {
  const events = someEvents(6_000, eventBytes);
  const size = events.reduce((sum, event) => sum + event.length, 0);
  const invocations = batches(events).map((records) => JSON.stringify(firehoseBatch(...records)));
  const handler = aTransform();
  const found: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    for (const invocation of invocations) JSON.stringify(await handler(JSON.parse(invocation)));
    const { user, system } = process.cpuUsage(before);
    found.push((user + system) / events.length);
  }
  const sorted = found.toSorted((left, right) => left - right);
  return { microsecondsPerEvent: sorted[Math.floor(rounds / 2)]!, meanEventBytes: size / events.length };
}

function someEvents(count: number, bytes: number): readonly string[] {
  const options = { ...generatorDefaults, seed: 'transform', games: 1, events: count, players: 500, days: 3 };
  const recorder = createTruthRecorder([{ applicationId: 'game-a', name: 'Moss Harbour' }]);
  const found: string[] = [];
  for (const { json, isAccepted } of eventStream({ ...options, end: Date.now() }, ['game-a'], recorder)) {
    found.push(isAccepted ? padEvent(JSON.parse(json) as GameEvent, bytes) : json);
  }
  return found;
}

/** Records of full requests, as many as one invocation is handed. */
function batches(events: readonly string[]): readonly (readonly string[])[] {
  const found: string[][] = [[]];
  let size = 0;
  for (let at = 0; at < events.length; at += eventsPerRecord) {
    const record = packed(`[${events.slice(at, at + eventsPerRecord).join(',')}]`);
    if (size + record.length > bufferMegabytes * 1024 * 1024) {
      found.push([]);
      size = 0;
    }
    found.at(-1)!.push(record);
    size += record.length;
  }
  return found;
}
