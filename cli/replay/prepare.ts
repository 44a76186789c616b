import { changeExactly } from '../../business-logic/events-processing/exact-json.ts';
import type { Application } from '../../business-logic/events-processing/find-application.ts';
import { judgeEvent, type EventRules } from '../../business-logic/events-processing/judge-event.ts';
import { findSensitive } from '../../business-logic/events-processing/personal-data/guard-events.ts';
import type { Delivery } from '../../business-logic/events-processing/read-record.ts';
import { readRecord } from '../../business-logic/events-processing/read-record.ts';
import type { RejectionCode } from '../../business-logic/events-processing/rejection.ts';
import type { Arrival, Stamps } from './arrival.ts';
import type { Fix } from './compile-fix.ts';
import type { Opened } from './open-contents.ts';
import { mostRecordBytes, replayDocument, type ReplayEvent, type ReplayRun } from './replay-document.ts';
import { uuidV5 } from './uuid-v5.ts';

export interface PrepareDeps {
  readonly fix: Fix | undefined;
  readonly rules: EventRules;
  /** The registered applications, and that of accounts. */
  readonly applications: ReadonlyMap<string, Application>;
  readonly run: ReplayRun;
}

/** What would become of an arrival. */
export interface Prepared {
  readonly arrival: Arrival;
  /** `accepted`, `rejected` with the reason of now, or `left` where it is. */
  readonly verdict: 'accepted' | 'rejected' | 'left';
  readonly why: RejectionCode | string | undefined;
  /** Undefined for what is not sent. */
  readonly event: ReplayEvent | undefined;
  /** Before and after; undefined where it may hold personal data. */
  readonly texts: { readonly before: string; readonly after: string } | undefined;
}

/**
 * Repairs an arrival and judges it as the transform will: what was rejected is sent only where it is accepted now, what
 * Firehose could not deliver is sent either way, so that it is kept with its reason.
 */
export async function prepare(arrival: Arrival, opened: Opened, deps: PrepareDeps): Promise<Prepared> {
  if ('left' in opened) return left(arrival, opened.left);
  const { text: before } = opened;
  if (!isObject(before)) return left(arrival, 'it is no JSON object');
  const fixed = deps.fix ? await deps.fix(before, arrival) : opened;
  if ('left' in fixed) return left(arrival, fixed.left);
  const stamps = stampsOf(arrival.stamps, fixed.text);
  const mark = { position: arrival.position, key: arrival.key, of: arrival.of };
  const eventOf = (text: string): ReplayEvent => ({ stamps, source: arrival.source, mark, text });
  const read = readerOf(eventOf, deps.run);
  const isPersonal =
    'sealed' in arrival.content ||
    [before, fixed.text].some((text) => findSensitive(read(text).deliveries, deps.rules).length > 0);
  const after = await withValidId(fixed.text, isPersonal ? `arrival ${arrival.key}` : before);
  const { bytes, deliveries } = read(after);
  if (bytes > mostRecordBytes) return left(arrival, 'it does not fit into a record');
  const event = eventOf(after);
  const why = judge(deliveries, deps);
  const isSent = why === undefined || arrival.source !== 'rejected';
  return {
    arrival,
    verdict: why === undefined ? 'accepted' : 'rejected',
    why,
    event: isSent ? event : undefined,
    texts: isPersonal ? undefined : { before, after },
  };
}

const left = (arrival: Arrival, why: string): Prepared => ({
  arrival,
  verdict: 'left',
  why,
  event: undefined,
  texts: undefined,
});

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** A single event names its application and country itself; those of a request are the gateway's, and no fix changes them. */
function stampsOf(stamps: Stamps, text: string): Stamps {
  if (stamps.request_id !== undefined) return stamps;
  const { application_id: applicationId, country } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  return {
    ...stamps,
    application_id: typeof applicationId === 'string' ? applicationId : stamps.application_id,
    country: typeof country === 'string' ? country : stamps.country,
  };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The event with a valid id: its own, or a UUIDv5 of what it was before it was repaired.
 * @param name what the id is made of; for personal data nothing that anybody could guess their values by
 */
async function withValidId(text: string, name: string): Promise<string> {
  const { event_id: id } = JSON.parse(text) as { readonly event_id?: unknown };
  if (typeof id === 'string' && uuid.test(id)) return text;
  return changeExactly(text, async (event) => ({ ...(event as object), event_id: uuidV5(name) }));
}

interface ReadEvent {
  /** Of the record that holds the event alone. */
  readonly bytes: number;
  readonly deliveries: readonly Delivery[];
}

/** Reads an event's text as the transform will, each text once. */
function readerOf(eventOf: (text: string) => ReplayEvent, run: ReplayRun): (text: string) => ReadEvent {
  const known = new Map<string, ReadEvent>();
  return (text) => {
    const found = known.get(text);
    if (found) return found;
    const record = Buffer.from(replayDocument([eventOf(text)], run));
    const read = { bytes: record.length, deliveries: readRecord(record, run.at) };
    known.set(text, read);
    return read;
  };
}

/** The code of the rejection that the event would get; undefined where it is accepted. */
function judge([delivery]: readonly Delivery[], { rules, applications, run }: PrepareDeps): RejectionCode | undefined {
  const [event] = delivery?.events ?? [];
  if (!delivery || !event) throw new Error('a replayed event could not be read again');
  const { request } = delivery;
  const application = applications.get(request.application_id ?? '');
  return judgeEvent(event, { request, application, processedAt: run.at }, rules).rejection?.code;
}
