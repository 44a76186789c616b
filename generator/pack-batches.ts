import type { Outgoing } from './event-stream.ts';

/** What one request carries: events of one game and one country. */
export interface Batch {
  /** Undefined: straight to the delivery stream. */
  readonly game: number | undefined;
  readonly country: string;
  readonly events: readonly Outgoing[];
}

/**
 * Bodies stay under this, so that the packed record stays under the stream's 1,024,000 bytes (Firehose's limit for a
 * record is 1,000 KiB; the event contract asks for bodies under 1,000,000).
 */
const mostBodyBytes = 950_000;

/** Gathers events into requests of at most `size` events. One open request per game and country stays in memory. */
export function* packBatches(events: Iterable<Outgoing>, size: number): Generator<Batch> {
  const open = new Map<string, { bytes: number; batch: Batch & { events: Outgoing[] } }>();

  for (const event of events) {
    const key = `${event.game} ${event.country}`;
    const bytes = Buffer.byteLength(event.json) + 1;
    let current = open.get(key);
    if (current && (current.batch.events.length === size || current.bytes + bytes > mostBodyBytes)) {
      yield current.batch;
      current = undefined;
    }
    if (!current) {
      current = { bytes: 0, batch: { game: event.game, country: event.country, events: [] } };
      open.set(key, current);
    }
    current.batch.events.push(event);
    current.bytes += bytes;
  }
  for (const { batch } of open.values()) yield batch;
}
