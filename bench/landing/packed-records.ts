import { eventStream } from '../../generator/event-stream.ts';
import type { GameEvent } from '../../generator/game-event.ts';
import { generatorDefaults } from '../../generator/options.ts';
import { createTruthRecorder } from '../../generator/truth-recorder.ts';
import { padEvent } from '../../test/support/bytes-read/pad-event.ts';

export interface PackedRecordsOptions {
  readonly records: number;
  readonly eventsPerRecord: number;
  /** Length of an event as sent, in bytes. */
  readonly eventBytes: number;
  readonly applicationId: string;
}

/** Events that are generated; more are copies of them with ids of their own. */
const distinctEvents = 20_000;

/** Requests as the gateway packs them into records: generated events of every played type, one in a hundred of them bad. */
export function packedRecords(options: PackedRecordsOptions): readonly Buffer[] {
  const { records, eventsPerRecord, applicationId } = options;
  const events = someEvents(Math.min(distinctEvents, records * eventsPerRecord), options);
  const receivedAt = Date.now();
  return Array.from({ length: records }, (_, number) => {
    const first = number * eventsPerRecord;
    const some = Array.from({ length: eventsPerRecord }, (__, at) => {
      const event = events[(first + at) % events.length]!;
      return withOwnId(event, Math.floor((first + at) / events.length));
    });
    const stamps = {
      application_id: applicationId,
      api_key_id: 'KEYIDKEYIDKEYIDKEYID',
      role: 'game',
      request_id: `6c6b0b5e-5a8e-4c3a-9f0e-${String(number).padStart(12, '0')}`,
      received_at: receivedAt,
      country: 'DE',
    };
    return Buffer.from(`${JSON.stringify(stamps).slice(0, -1)},"events":[${some.join(',')}]}\n`);
  });
}

function someEvents(count: number, { eventBytes, applicationId }: PackedRecordsOptions): readonly string[] {
  // Repeated ids would be fewer rows in a table that has each once.
  const options = { ...generatorDefaults, seed: 'landing', games: 1, events: count, days: 3, duplicates: 0 };
  const recorder = createTruthRecorder([{ applicationId, name: 'Game A' }]);
  const found: string[] = [];
  for (const { json, isAccepted } of eventStream({ ...options, end: Date.now() }, [applicationId], recorder)) {
    found.push(isAccepted ? padEvent(JSON.parse(json) as GameEvent, eventBytes) : json);
  }
  return found;
}

const firstDigits = /("event_id":")[0-9a-fA-F]{4}/;

/** The same event with another id; ids that are none stay as bad as they are. */
const withOwnId = (event: string, copy: number): string =>
  copy === 0 ? event : event.replace(firstDigits, `$1${copy.toString(16).padStart(4, '0')}`);
