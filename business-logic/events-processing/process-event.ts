import type { EventContext, EventRules, JudgedEvent } from './judge-event.ts';
import { isKeptWhole, judgeEvent } from './judge-event.ts';
import type { RawRow, RowMetadata } from './raw-row.ts';
import type { ReceivedEvent } from './read-record.ts';
import { inStoredPieces } from './stored-text.ts';
import { utcText } from './utc-text.ts';

/** Judges one event and makes its row: accepted, or rejected with the first reason that applies and its own text. */
export function processEvent(event: ReceivedEvent, context: EventContext, rules: EventRules): RawRow {
  const judged = judgeEvent(event, context, rules);
  const { eventData, isTooLarge } = judged.fields;
  return rowOf(judged, {
    eventData: isTooLarge ? undefined : eventData?.text,
    original: isKeptWhole(judged) ? inStoredPieces(event.source()) : undefined,
  });
}

/** The two columns that may hold personal data, as they are stored. */
export interface StoredTexts {
  readonly eventData: string | undefined;
  readonly original: readonly string[] | undefined;
}

/** The row of a judged event. */
export function rowOf(judged: JudgedEvent, { eventData, original }: StoredTexts): RawRow {
  const { fields, moment, rejection } = judged;
  const { envelope, time } = fields;
  const { request, application } = judged.context;
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
    event_data: eventData,
    status: rejection ? 'rejected' : 'accepted',
    rejection: rejection && JSON.stringify(rejection),
    metadata: JSON.stringify(metadataOf(judged)),
    original,
  };
}

function metadataOf({ event, context, fields, moment }: JudgedEvent): RowMetadata {
  const { request, processedAt } = context;
  const { envelope, declared } = fields;
  const isOtherVersion = declared && envelope.event_version && declared.version !== envelope.event_version;
  return {
    request_id: request.request_id,
    position: event.position,
    api_key_id: request.api_key_id,
    role: request.role,
    processed_at: utcText(processedAt),
    clock: moment?.clock,
    schema_version: isOtherVersion ? declared.version : undefined,
    replay: event.replay && { ...event.replay, at: utcText(event.replay.at) },
  };
}
