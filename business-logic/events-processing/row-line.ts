import type { EventContext, JudgedEvent } from './judge-event.ts';
import type { RowMetadata } from './raw-row.ts';
import { utcText } from './utc-text.ts';

/** A judged event with the two columns that may hold personal data, as they are stored. */
export interface StoredEvent {
  readonly judged: JudgedEvent;
  readonly eventData: string | undefined;
  readonly original: readonly string[] | undefined;
}

/** Writes the row of an event: a `RawRow` as a line of JSON. */
export type WriteRow = (event: StoredEvent) => string;

/**
 * Makes the writer of a request's rows. What all of them say alike is put into JSON once, the metadata, which is JSON
 * within JSON, among it; the rest is put together as text, since all of it that needs escaping is short but for the two
 * texts that `JSON.stringify` escapes as a whole.
 */
export function rowWriter({ request, application, processedAt }: EventContext): WriteRow {
  const received = `"received_at":"${utcText(request.received_at)}",`;
  const place =
    member('country', request.country) +
    member('application_id', request.application_id) +
    member('application_name', application?.application_name);
  const requestId = within({ request_id: request.request_id });
  const beforePosition = `"metadata":"{${requestId}${requestId && ','}\\"position\\":`;
  const afterPosition = `,${within({
    api_key_id: request.api_key_id,
    role: request.role,
    processed_at: utcText(processedAt),
  })}`;

  return ({ judged, eventData, original }) => {
    const { event, fields, moment, rejection } = judged;
    const { envelope, time } = fields;
    const { event_id: id, event_type: type, event_name: name } = envelope;
    let line = '{';
    // Neither an id nor a type that is valid holds anything that JSON escapes.
    if (id !== undefined) line += `"event_id":"${id.toLowerCase()}",`;
    if (type !== undefined) line += `"event_type":"${type}",`;
    line += name === type && type !== undefined ? `"event_name":"${type}",` : member('event_name', name);
    line += member('event_version', envelope.event_version);
    if (time !== undefined) line += `"event_timestamp":${time.seconds},`;
    if (moment !== undefined) line += `"event_at":"${utcText(moment.at)}",`;
    line += received;
    line += member('app_version', envelope.app_version);
    line += member('player_id', envelope.player_id);
    line += member('session_id', envelope.session_id);
    line += place;
    if (eventData !== undefined) line += `"event_data":${JSON.stringify(eventData)},`;
    line += rejection === undefined ? '"status":"accepted",' : '"status":"rejected",';
    if (rejection !== undefined) line += `"rejection":${JSON.stringify(JSON.stringify(rejection))},`;
    line += `${beforePosition}${event.position}${afterPosition}${ownMetadata(judged)}}"`;
    if (original !== undefined) line += `,"original":${JSON.stringify(original)}`;
    return `${line}}\n`;
  };
}

/** What an event's metadata says beside its place and what all of its request say; nothing for most. */
function ownMetadata({ event, fields, moment }: JudgedEvent): string {
  const { envelope, declared } = fields;
  const isOtherVersion = declared && envelope.event_version && declared.version !== envelope.event_version;
  if (moment?.clock === undefined && !isOtherVersion && !event.replay) return '';
  return `,${within({
    clock: moment?.clock,
    schema_version: isOtherVersion ? declared.version : undefined,
    replay: event.replay && { ...event.replay, at: utcText(event.replay.at) },
  })}`;
}

/** Members of the metadata as they stand in a row: JSON within a string. */
const within = (metadata: Partial<RowMetadata>): string => JSON.stringify(JSON.stringify(metadata)).slice(2, -2);

/** What JSON escapes, and surrogates, the half ones among which it escapes too: all but these. */
const escaped = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

function member(name: string, text: string | null | undefined): string {
  if (text === undefined || text === null) return '';
  return escaped.test(text) ? `"${name}":${JSON.stringify(text)},` : `"${name}":"${text}",`;
}
