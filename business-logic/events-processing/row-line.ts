import type { Envelope } from './envelope.ts';
import { secondsText } from './event-time.ts';
import type { EventContext, JudgedEvent } from './judge-event.ts';
import type { RowMetadata, RowReplay } from './raw-row.ts';
import type { Rejection } from './rejection.ts';
import type { ReplayMark } from './replay-mark.ts';
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
 * within JSON, among it, and so is what the events of one player, or of one type, say alike. The rest is put together as
 * text: of few pieces, since each piece costs about what a dozen characters do.
 */
export function rowWriter({ request, application, processedAt }: EventContext): WriteRow {
  const received = `"received_at":"${utcText(request.received_at)}",`;
  const place = joined(
    member('country', request.country),
    member('application_id', request.application_id),
    member('application_name', application?.application_name),
  );
  const requestId = within({ request_id: request.request_id });
  const untilPosition = joined('"metadata":"{', requestId, requestId && ',', '\\"position\\":');
  const accepted = joined('"status":"accepted",', untilPosition);
  const fromPosition = joined(
    ',',
    within({ api_key_id: request.api_key_id, role: request.role, processed_at: utcText(processedAt) }),
  );
  const end = joined(fromPosition, '}"}\n');

  const types = new Map<string, string>();
  const typeText = (type: string): string => {
    const known = types.get(type);
    if (known !== undefined) return known;
    // A type that is valid holds nothing that JSON escapes, and neither does an id.
    const text = joined('"event_type":"', type, '","event_name":"', type, '",');
    types.set(type, text);
    return text;
  };

  let sender: Partial<Envelope> | undefined;
  let senderText = '';
  const senderTextOf = (envelope: Partial<Envelope>): string => {
    if (sender && isSameSender(sender, envelope)) return senderText;
    sender = envelope;
    senderText = joined(
      received,
      member('app_version', envelope.app_version),
      member('player_id', envelope.player_id),
      member('session_id', envelope.session_id),
      place,
    );
    return senderText;
  };

  return ({ judged, eventData, original }) => {
    const { event, fields, moment, rejection } = judged;
    const { envelope, time } = fields;
    const { event_id: id, event_type: type, event_name: name, event_version: version } = envelope;
    let line = id === undefined ? '{' : '{"event_id":"' + id.toLowerCase() + '",';
    if (type !== undefined && name === type) line += typeText(type);
    else line += member('event_type', type) + member('event_name', name);
    if (version !== undefined) line += member('event_version', version);
    if (time !== undefined) line += '"event_timestamp":' + secondsText(time) + ',';
    if (moment !== undefined) line += '"event_at":"' + utcText(moment.at) + '",';
    line += senderTextOf(envelope);
    if (eventData !== undefined) line += '"event_data":' + JSON.stringify(eventData) + ',';
    line += rejection === undefined ? accepted : rejected(rejection) + untilPosition;
    line += String(event.position);
    const own = ownMetadata(judged);
    if (own === '' && original === undefined && event.replay === undefined) return line + end;
    line += fromPosition + own + '}"';
    if (original !== undefined) line += ',"original":' + JSON.stringify(original);
    if (event.replay !== undefined) line += replayed(event.replay);
    return line + '}\n';
  };
}

const isSameSender = (one: Partial<Envelope>, other: Partial<Envelope>): boolean =>
  one.session_id === other.session_id && one.player_id === other.player_id && one.app_version === other.app_version;

const rejected = (rejection: Rejection): string =>
  '"status":"rejected","rejection":' + JSON.stringify(JSON.stringify(rejection)) + ',';

function replayed(mark: ReplayMark): string {
  const replay: RowReplay = { ...mark, at: utcText(mark.at) };
  return ',"replay":' + JSON.stringify(JSON.stringify(replay));
}

/** What an event's metadata says beside its place and what all of its request say; nothing for most. */
function ownMetadata({ fields, moment }: JudgedEvent): string {
  const { envelope, declared } = fields;
  const isOtherVersion = declared && envelope.event_version && declared.version !== envelope.event_version;
  if (moment?.clock === undefined && !isOtherVersion) return '';
  return `,${within({
    clock: moment?.clock,
    schema_version: isOtherVersion ? declared.version : undefined,
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

/** One piece of text, where `+` would keep the pieces. */
const joined = (...pieces: readonly string[]): string => pieces.join('');
