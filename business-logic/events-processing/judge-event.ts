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
    isTooLarge: eventData !== undefined && storedBytes(eventData.text, envelope, declared) > maxStoredBytes,
    declared,
  };
}

/**
 * The envelope's fields whose values are valid. Null and, in optional fields, the empty string mean absent: senders
 * write either for what they do not know, and an empty player would be counted as one.
 */
function validPart(event: ReceivedEvent, errors: readonly EnvelopeError[]): Partial<Envelope> {
  const hasNoFields = event.problem !== undefined || errors.some(({ field }) => field === undefined);
  if (hasNoFields) return {};
  const invalid = new Set(errors.map(({ field }) => field));
  const sent = event.value as Readonly<Record<string, unknown>>;
  const valid: Record<string, unknown> = {};
  for (const name of envelopeFields) {
    const value = sent[name];
    if (value !== undefined && value !== null && value !== '' && !invalid.has(name)) valid[name] = value;
  }
  if (!invalid.has('event_name')) valid.event_name ??= valid.event_type;
  return valid;
}

/** The first reason to reject, in the order of `rejectionCodes`; undefined for an event that is accepted. */
function judge(fields: Fields, { request, application }: EventContext, rules: EventRules): Rejection | undefined {
  const { envelope, errors, eventData, isTooLarge, declared } = fields;
  const messages = (matches: (field: string | undefined) => boolean) =>
    errors.filter(({ field }) => matches(field)).map(({ message }) => message);

  const inEnvelope = [...request.errors, ...messages((field) => field !== 'event_id' && field !== 'event_timestamp')];
  if (inEnvelope.length > 0) return rejectionOf('invalid_envelope', inEnvelope);
  const inId = messages((field) => field === 'event_id');
  if (inId.length > 0) return rejectionOf('invalid_event_id', inId);
  const inTime = messages((field) => field === 'event_timestamp');
  if (inTime.length > 0) return rejectionOf('invalid_timestamp', inTime);

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

function mismatchesOf({ event_data: eventData, ...envelope }: Partial<Envelope>, declared: DeclaredEvent): string[] {
  const missing = declared.requiredEnvelope.filter((name) => envelope[name] === undefined);
  const errors = declared.errorsOf(withoutStamped(eventData ?? {}, declared));
  return missing.length === 0 ? errors : [...missing.map((name) => `${name} is required of this type`), ...errors];
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
  for (const name of Object.keys(value as object)) {
    if (envelopeFields.has(name)) continue;
    const isStamped = name === 'application_id' || name === 'country';
    if (!isStamped || (value as Request)[name] !== request[name]) return true;
  }
  return false;
}
