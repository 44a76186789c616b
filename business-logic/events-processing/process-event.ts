import type { Application } from './find-application.ts';
import type { DeclaredEvent, FindDeclaredEvent } from './declared-events.ts';
import type { Envelope, EnvelopeError } from './envelope.ts';
import { envelopeErrors, envelopeFields } from './envelope.ts';
import type { EventDataText } from './event-data.ts';
import { eventDataText, isNestedTooDeep } from './event-data.ts';
import type { ClientTime } from './event-time.ts';
import { clientTime, eventTime } from './event-time.ts';
import { maxNesting, maxStoredBytes } from './limits.ts';
import type { RawRow, RowMetadata } from './raw-row.ts';
import type { ReceivedEvent, Request } from './read-record.ts';
import type { Rejection } from './rejection.ts';
import { rejectionOf } from './rejection.ts';
import { inStoredPieces } from './stored-text.ts';
import { utcText } from './utc-text.ts';

/** What a deployment decides about events. */
export interface EventRules {
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
interface Fields {
  readonly envelope: Partial<Envelope>;
  readonly errors: readonly EnvelopeError[];
  readonly time: ClientTime | undefined;
  readonly eventData: EventDataText | undefined;
  readonly isTooLarge: boolean;
  readonly declared: DeclaredEvent | undefined;
}

/** Judges one event and makes its row: accepted, or rejected with the first reason that applies and its own text. */
export function processEvent(event: ReceivedEvent, context: EventContext, rules: EventRules): RawRow {
  const fields = readFields(event, rules);
  const rejection = judge(fields, context, rules);
  const { envelope, time, eventData } = fields;
  const { request, application } = context;
  const moment = time && eventTime(time, request.received_at, rules.maxEventAgeDays);
  const isKeptWhole = rejection !== undefined || eventData?.isAltered || hasOtherFields(event.value, request);
  return {
    event_id: envelope.event_id?.toLowerCase(),
    event_type: envelope.event_type,
    event_name: envelope.event_name ?? undefined,
    event_version: envelope.event_version ?? undefined,
    event_timestamp: time?.seconds,
    event_at: moment && utcText(moment.at),
    received_at: utcText(request.received_at),
    app_version: envelope.app_version ?? undefined,
    player_id: envelope.player_id ?? undefined,
    session_id: envelope.session_id ?? undefined,
    country: request.country,
    application_id: request.application_id,
    application_name: application?.application_name,
    event_data: fields.isTooLarge ? undefined : eventData?.text,
    status: rejection ? 'rejected' : 'accepted',
    rejection: rejection && JSON.stringify(rejection),
    metadata: JSON.stringify(metadataOf(event, context, fields, moment?.clock)),
    original: isKeptWhole ? inStoredPieces(event.source()) : undefined,
  };
}

function readFields(event: ReceivedEvent, { findDeclaredEvent }: EventRules): Fields {
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
  const eventData = envelope.event_data && !isTooDeep ? eventDataText(envelope.event_data, event) : undefined;
  return {
    envelope,
    errors,
    time,
    eventData,
    isTooLarge: eventData !== undefined && Buffer.byteLength(eventData.text) > maxStoredBytes,
    declared: event_type === undefined ? undefined : findDeclaredEvent(event_type, event_version ?? undefined),
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
  if (declared && !declared.isPermitted(request.role)) {
    return rejectionOf('not_permitted', [`role ${request.role} may not send ${eventType}`]);
  }
  if (!declared && rules.rejectsUndeclared) {
    return rejectionOf('undeclared_event_type', [`${eventType} has no schema`]);
  }
  if (isTooLarge) {
    const size = Buffer.byteLength(eventData?.text ?? '');
    return rejectionOf('event_data_too_large', [`event_data has ${size} bytes; ${maxStoredBytes} are allowed`]);
  }
  const mismatches = declared?.errorsOf(envelope.event_data ?? {}) ?? [];
  return mismatches.length > 0 ? rejectionOf('schema_mismatch', mismatches) : undefined;
}

function metadataOf(
  event: ReceivedEvent,
  { request, processedAt }: EventContext,
  { envelope, declared }: Fields,
  clock: RowMetadata['clock'],
): RowMetadata {
  const isOtherVersion = declared && envelope.event_version && declared.version !== envelope.event_version;
  return {
    request_id: request.request_id,
    position: event.position,
    api_key_id: request.api_key_id,
    role: request.role,
    processed_at: utcText(processedAt),
    clock,
    schema_version: isOtherVersion ? declared.version : undefined,
  };
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
