import type { RawRow, RowMetadata } from '../../business-logic/events-processing/raw-row.ts';
import type { Delivery, ReceivedEvent, Request } from '../../business-logic/events-processing/read-record.ts';
import { NotJson, readRecord } from '../../business-logic/events-processing/read-record.ts';
import { keyOf, type Arrival, type Content, type Stamps } from './arrival.ts';
import type { FirehoseError } from './error-line.ts';
import { contentOf, millisecondsOf } from './rejected-rows.ts';

/** Where a record lay. */
export interface ErrorPlace {
  /** Folder of `firehose-errors/`. */
  readonly kind: string;
  /** Object and line. */
  readonly place: string;
}

/** Rows that the transform has made already; all other kinds hold records as they were put. */
const converted = 'format-conversion-failed';

/** Records hold at most a mebibyte, so that this many documents fit into none. */
const anyNumber = 1_048_576;

/** The events of a record that could not be delivered. */
export function arrivalsOfError(error: FirehoseError, place: ErrorPlace): Arrival[] {
  return place.kind === converted ? arrivalsOfRows(error, place) : arrivalsOfRecord(error, place);
}

/** The record is read as the transform reads it. */
function arrivalsOfRecord(error: FirehoseError, place: ErrorPlace): Arrival[] {
  let deliveries: readonly Delivery[];
  try {
    deliveries = readRecord(error.data, error.arrivedAt, anyNumber);
  } catch (cause) {
    if (!(cause instanceof NotJson)) throw cause;
    return [unusable(error, place, 'it is no JSON')];
  }
  return deliveries.flatMap(({ request, events }, at) =>
    events.map((event) => arrivalOfEvent(event, request, error, { ...place, place: `${place.place}#${at}` })),
  );
}

function arrivalOfEvent(
  event: ReceivedEvent,
  request: Request,
  error: FirehoseError,
  { kind, place }: ErrorPlace,
): Arrival {
  const { position, problem } = event;
  const stamps: Stamps = {
    application_id: request.application_id,
    api_key_id: request.api_key_id,
    role: request.role,
    request_id: request.request_id,
    received_at: request.received_at,
    country: request.country,
  };
  const fields = (typeof event.value === 'object' && event.value !== null ? event.value : {}) as Fields;
  const content: Content = problem === undefined ? { text: event.source() } : { unusable: `it ${problem}` };
  return arrival({ kind, place, stamps, position, fields, content, code: error.code });
}

type Fields = Readonly<Record<string, unknown>>;

interface Found {
  readonly kind: string;
  readonly place: string;
  readonly code: string;
  readonly stamps: Stamps;
  readonly position: number;
  readonly fields: Fields;
  readonly content: Content;
}

/**
 * A request that Firehose delivers twice into its errors is one arrival, so that its id, its time and its own event tell
 * it; what has no id of a request is told by where it lies.
 */
function arrival({ kind, place, code, stamps, position, fields, content }: Found): Arrival {
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'string' ? value : undefined;
  };
  const { application_id: applicationId, request_id: requestId, received_at: receivedAt } = stamps;
  const own = requestId === undefined ? place : text('event_id');
  return {
    source: kind,
    reason: code,
    errors: [],
    stamps,
    position,
    eventType: text('event_type'),
    eventVersion: text('event_version'),
    appVersion: text('app_version'),
    key: keyOf(kind, applicationId, requestId, receivedAt, position, own),
    of: undefined,
    content,
  };
}

function unusable(error: FirehoseError, { kind, place }: ErrorPlace, why: string): Arrival {
  const stamps = { role: 'server', received_at: error.arrivedAt };
  return arrival({ kind, place, stamps, position: 0, fields: {}, content: { unusable: why }, code: error.code });
}

/** The transform writes one line a row. */
function arrivalsOfRows(error: FirehoseError, { kind, place }: ErrorPlace): Arrival[] {
  const lines = error.data
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line, at) => {
    const here = { kind, place: `${place}#${at}` };
    const row = readRow(line);
    return row === undefined ? unusable(error, here, 'it is no row of the transform') : arrivalOfRow(row, error, here);
  });
}

interface StoredRow {
  readonly row: RawRow;
  readonly metadata: RowMetadata;
}

function readRow(line: string): StoredRow | undefined {
  try {
    const row = JSON.parse(line) as RawRow;
    return { row, metadata: JSON.parse(row.metadata) as RowMetadata };
  } catch {
    return undefined;
  }
}

function arrivalOfRow({ row, metadata }: StoredRow, error: FirehoseError, { kind, place }: ErrorPlace): Arrival {
  const stamps: Stamps = {
    application_id: row.application_id,
    api_key_id: metadata.api_key_id,
    role: metadata.role,
    request_id: metadata.request_id,
    received_at: millisecondsOf(row.received_at),
    country: row.country,
  };
  const content = row.original ? contentOf(row.original.join(''), row.player_id) : rebuilt(row, metadata);
  const fields: Fields = { ...row };
  return arrival({ kind, place, stamps, position: metadata.position, fields, content, code: error.code });
}

/** Without an original the columns hold all that was sent. A single event names its application itself. */
function rebuilt(row: RawRow, { request_id: requestId }: RowMetadata): Content {
  const envelope = {
    ...(requestId === undefined && { application_id: row.application_id, country: row.country }),
    event_id: row.event_id,
    event_type: row.event_type,
    event_name: row.event_name,
    event_version: row.event_version,
    event_timestamp: row.event_timestamp,
    app_version: row.app_version,
    player_id: row.player_id,
    session_id: row.session_id,
  };
  return { row: { envelope, playerId: row.player_id, eventData: row.event_data } };
}
