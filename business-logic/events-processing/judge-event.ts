import { isAccountEventType } from '../shared/account-event-types.ts';
import { sealedLength } from '../shared/personal-data-cipher.ts';
import { accountsApplicationId } from '../shared/reserved-applications.ts';
import type { Application } from './find-application.ts';
import type { DeclaredEvent, FindDeclaredEvent } from './declared-event.ts';
import type { Envelope, EnvelopeError, FindEnvelopeErrors } from './envelope.ts';
import { envelopeFields } from './envelope.ts';
import type { EventDataText } from './event-data.ts';
import { eventDataText, isNestedTooDeep } from './event-data.ts';
import type { ClientTime, EventTime } from './event-time.ts';
import { clientTime, eventTime } from './event-time.ts';
import { maxNesting, maxStoredBytes } from './limits.ts';
import type { ReceivedEvent, Request } from './read-record.ts';
import type { Rejection } from './rejection.ts';
import { rejectionOf } from './rejection.ts';

/** Characters that a digest takes in JSON beside its name: 64 of hex, quotes, colon and comma. */
const digestLength = 70;

/** What a deployment decides about events. */
export interface EventRules {
  readonly envelopeErrors: FindEnvelopeErrors;
  readonly findDeclaredEvent: FindDeclaredEvent;
  /** Whether an event type without a schema is rejected. */
  readonly rejectsUndeclared: boolean;
  readonly maxEventAgeDays: number;
}

/** What the server knows about an event besides the event. */
export interface EventContext {
  readonly request: Request;
  /** Undefined when the request's application is not registered. */
  readonly application: Application | undefined;
  /** When this runs, in milliseconds since the epoch. */
  readonly processedAt: number;
}

/** An event taken apart: a field is set only if its value is valid. */
export interface Fields {
  readonly envelope: Partial<Envelope>;
  readonly errors: readonly EnvelopeError[];
  readonly time: ClientTime | undefined;
  readonly eventData: EventDataText | undefined;
  readonly isTooLarge: boolean;
  readonly declared: DeclaredEvent | undefined;
}

/** An event, what it is stored with, and whether it is accepted. */
export interface JudgedEvent {
  readonly event: ReceivedEvent;
  readonly context: EventContext;
  readonly fields: Fields;
  /** Undefined where the event has no time that is one. */
  readonly moment: EventTime | undefined;
  /** Undefined for an accepted event. */
  readonly rejection: Rejection | undefined;
}

/** Accepts one event, or rejects it with the first reason that applies. */
export function judgeEvent(event: ReceivedEvent, context: EventContext, rules: EventRules): JudgedEvent {
  const fields = readFields(event, rules);
  const { time } = fields;
  return {
    event,
    context,
    fields,
    moment: time && eventTime(time, context.request.received_at, rules.maxEventAgeDays),
    rejection: judge(fields, context, rules),
  };
}

/** Whether the event is stored as it was received, beside its columns: it is rejected, or they do not hold all of it. */
export function isKeptWhole({ event, context, fields, rejection }: JudgedEvent): boolean {
  return (
    rejection !== undefined || fields.eventData?.isAltered === true || hasOtherFields(event.value, context.request)
  );
}

/** `event_data` without the fields that the transform sets. */
export function withoutStamped(
  eventData: Readonly<Record<string, unknown>>,
  { stamped }: DeclaredEvent,
): Readonly<Record<string, unknown>> {
  if (stamped.size === 0) return eventData;
  return Object.fromEntries(Object.entries(eventData).filter(([name]) => !stamped.has(name)));
}

function readFields(event: ReceivedEvent, { envelopeErrors, findDeclaredEvent }: EventRules): Fields {
  const errors: EnvelopeError[] = event.problem
    ? [{ field: undefined, message: `the text ${event.problem}` }]
    : envelopeErrors(event.value);
  const envelope = validPart(event, errors);
  const { event_type, event_version, event_timestamp } = envelope;

  const time = event_timestamp === undefined ? undefined : clientTime(event_timestamp);
  if (event_timestamp !== undefined && !time) {
    errors.push({ field: 'event_timestamp', message: 'event_timestamp must be a date from 1970 to 2099' });
  }
  const isTooDeep = isNestedTooDeep(envelope.event_data);
  if (isTooDeep) errors.push({ field: 'event_data', message: `event_data is nested deeper than ${maxNesting} levels` });
  const declared = event_type === undefined ? undefined : findDeclaredEvent(event_type, event_version ?? undefined);
  const eventData = envelope.event_data && !isTooDeep ? eventDataText(envelope.event_data, event) : undefined;
  return {
    envelope,
    errors,
    time,
    eventData,
    isTooLarge: eventData !== undefined && isTooLarge(eventData.text, envelope, declared),
    declared,
  };
}

/** The envelope's fields whose values are valid. */
function validPart(event: ReceivedEvent, errors: readonly EnvelopeError[]): Partial<Envelope> {
  if (errors.length === 0) return presentPart(event.value as Envelope);
  if (event.problem !== undefined || errors.some(({ field }) => field === undefined)) return {};
  const invalid = new Set(errors.map(({ field }) => field));
  const sent = Object.entries(event.value as object).filter(([name]) => !invalid.has(name));
  const valid = presentPart(Object.fromEntries(sent) as Partial<Envelope>);
  return invalid.has('event_name') ? { ...valid, event_name: undefined } : valid;
}

/**
 * The fields that say something. Null and, in optional fields, the empty string mean absent: senders write either for
 * what they do not know, and an empty player would be counted as one.
 */
function presentPart(sent: Partial<Envelope>): Partial<Envelope> {
  return {
    event_id: sent.event_id,
    event_type: sent.event_type,
    event_name: sent.event_name || sent.event_type,
    event_version: sent.event_version || undefined,
    event_timestamp: sent.event_timestamp,
    app_version: sent.app_version || undefined,
    player_id: sent.player_id || undefined,
    session_id: sent.session_id || undefined,
    event_data: sent.event_data ?? undefined,
  };
}

/** The first reason to reject, in the order of `rejectionCodes`; undefined for an event that is accepted. */
function judge(fields: Fields, { request, application }: EventContext, rules: EventRules): Rejection | undefined {
  const { envelope, errors, eventData, isTooLarge, declared } = fields;
  if (errors.length > 0 || request.errors.length > 0) return mistakesOf(errors, request);

  const { event_type: eventType = '' } = envelope;
  if (!application) return rejectionOf('unregistered_application', ['application_id is not registered']);
  const isReserved = request.application_id === accountsApplicationId;
  if (isReserved !== isAccountEventType(eventType)) {
    const mistake = isReserved ? 'takes account events only' : `is where ${eventType} is sent`;
    return rejectionOf('not_permitted', [`${accountsApplicationId} ${mistake}`]);
  }
  if (declared && !declared.isPermitted(request.role)) {
    return rejectionOf('not_permitted', [`role ${request.role} may not send ${eventType}`]);
  }
  if (!declared && (rules.rejectsUndeclared || isReserved)) {
    return rejectionOf('undeclared_event_type', [`${eventType} has no schema`]);
  }
  if (isTooLarge) {
    const size = storedBytes(eventData?.text ?? '', envelope, declared);
    return rejectionOf('event_data_too_large', [`event_data has ${size} bytes; ${maxStoredBytes} are allowed`]);
  }
  const mismatches = declared ? mismatchesOf(envelope, declared) : [];
  return mismatches.length > 0 ? rejectionOf('schema_mismatch', mismatches) : undefined;
}

/** For an event that has a mistake in its envelope or comes with a request that has one. */
function mistakesOf(errors: readonly EnvelopeError[], request: Request): Rejection {
  const messages = (matches: (field: string | undefined) => boolean) =>
    errors.filter(({ field }) => matches(field)).map(({ message }) => message);

  const inEnvelope = [...request.errors, ...messages((field) => field !== 'event_id' && field !== 'event_timestamp')];
  if (inEnvelope.length > 0) return rejectionOf('invalid_envelope', inEnvelope);
  const inId = messages((field) => field === 'event_id');
  if (inId.length > 0) return rejectionOf('invalid_event_id', inId);
  return rejectionOf(
    'invalid_timestamp',
    messages((field) => field === 'event_timestamp'),
  );
}

function mismatchesOf(envelope: Partial<Envelope>, declared: DeclaredEvent): readonly string[] {
  const missing = declared.requiredEnvelope.filter((name) => envelope[name] === undefined);
  const errors = declared.errorsOf(withoutStamped(envelope.event_data ?? {}, declared));
  return missing.length === 0 ? errors : [...missing.map((name) => `${name} is required of this type`), ...errors];
}

/** Whether `event_data` takes more bytes as it will be stored than any text may. */
function isTooLarge(text: string, envelope: Partial<Envelope>, declared?: DeclaredEvent): boolean {
  // A UTF-16 unit takes at most three bytes.
  if (text.length * 3 <= maxStoredBytes && (declared === undefined || declared.personal.size === 0)) return false;
  return storedBytes(text, envelope, declared) > maxStoredBytes;
}

/** Bytes of `event_data` as it will be stored: ciphertexts are longer than what they stand for, and digests come along. */
function storedBytes(text: string, { event_data: eventData }: Partial<Envelope>, declared?: DeclaredEvent): number {
  let bytes = Buffer.byteLength(text);
  for (const [name, digest] of declared?.personal ?? []) {
    const value = eventData?.[name];
    if (typeof value !== 'string') continue;
    bytes += sealedLength(Buffer.byteLength(value)) - value.length;
    if (digest !== undefined) bytes += digest.length + digestLength;
  }
  return bytes;
}

/** Whether the event carries fields that no column holds; of those that the server stamps, any other value than the stamp. */
function hasOtherFields(value: unknown, request: Request): boolean {
  // Without a list of the names: this is done for every event.
  for (const name in value as object) {
    if (envelopeFields.has(name)) continue;
    const isStamped = name === 'application_id' || name === 'country';
    if (!isStamped || (value as Request)[name] !== request[name]) return true;
  }
  return false;
}
