import type { Stamps } from './arrival.ts';

/** Firehose takes 1,000 KiB a record (its quotas, before base64); a Kinesis stream takes more. */
export const mostRecordBytes = 1_024_000;

/** One run of `npm run replay`. */
export interface ReplayRun {
  readonly id: string;
  /** When it began, in milliseconds since the epoch. */
  readonly at: number;
}

/** An event that is sent again. */
export interface ReplayEvent {
  readonly stamps: Stamps;
  readonly source: string;
  readonly mark: { readonly position: number; readonly key: string; readonly of: string | undefined };
  /** JSON text. */
  readonly text: string;
}

/**
 * A packed request with the stamps of the one that first brought its events, marked as replayed. All events are of one
 * request and one source. `business-logic/events-processing/replay-mark.ts` reads what this writes.
 */
export function replayDocument(events: readonly ReplayEvent[], run: ReplayRun): string {
  const [first] = events;
  if (!first) throw new Error('a request without events is not replayed');
  const head = { ...first.stamps, request_id: first.stamps.request_id ?? null };
  const replay = { run: run.id, source: first.source, at: run.at, events: events.map(({ mark }) => mark) };
  return `${JSON.stringify({ ...head, replay }).slice(0, -1)},"events":[${events.map(({ text }) => text).join(',')}]}`;
}

/** Whether two events can stand in one packed request. */
export const isOfOneRequest = (one: ReplayEvent, other: ReplayEvent): boolean =>
  one.source === other.source && JSON.stringify(one.stamps) === JSON.stringify(other.stamps);
