import type { LakeColumn } from './lake-column.ts';

/** Columns of the raw table, in order. Only ever append: Parquet files of earlier days keep the order they were written in. */
export const rawEventColumns = [
  { name: 'event_id', type: 'string', comment: 'UUID in lower case; unique within one application' },
  { name: 'event_type', type: 'string', comment: 'what happened, such as level_completed' },
  { name: 'event_name', type: 'string', comment: 'display name; the event_type unless the sender gave another' },
  { name: 'event_version', type: 'string', comment: 'version of the schema that event_data was checked against' },
  { name: 'event_timestamp', type: 'double', comment: 'time by the client, seconds since the epoch, as sent' },
  { name: 'event_at', type: 'timestamp', comment: 'time by the client (UTC), or of arrival where that clock is off' },
  { name: 'received_at', type: 'timestamp', comment: 'time the gateway took the request (UTC)' },
  { name: 'app_version', type: 'string', comment: 'version of the game' },
  { name: 'player_id', type: 'string', comment: 'pseudonymous id of the player' },
  { name: 'session_id', type: 'string', comment: 'id of the play session' },
  { name: 'country', type: 'string', comment: 'two letters, where the request came from' },
  { name: 'application_id', type: 'string', comment: 'the game' },
  { name: 'application_name', type: 'string', comment: 'the name of the game when the event arrived' },
  { name: 'event_data', type: 'string', comment: 'JSON object with the fields of this event_type' },
  { name: 'status', type: 'string', comment: 'accepted or rejected' },
  { name: 'rejection', type: 'string', comment: 'JSON object: code and errors, for a rejected event' },
  {
    name: 'metadata',
    type: 'string',
    comment: 'JSON object: request_id, position, api_key_id, role, processed_at, clock',
  },
  {
    name: 'original',
    type: 'array<string>',
    comment: 'the event as received, in pieces, when it is rejected or has fields that no column holds',
  },
  {
    name: 'replay',
    type: 'string',
    comment: 'JSON object: run, source, at, key, of, for an event that was replayed',
  },
] as const satisfies readonly LakeColumn[];

export type RawEventColumn = (typeof rawEventColumns)[number]['name'];

/** The partition key: the UTC day of the oldest record of a file. */
export const ingestDate = {
  name: 'ingest_date',
  type: 'string',
  comment: 'day of arrival (UTC) of the oldest record in the file, yyyy-MM-dd',
} as const satisfies LakeColumn;

const reason = { name: 'reason', type: 'string', comment: 'why the event was rejected' } as const satisfies LakeColumn;

const replayColumns = [
  { name: 'replay_run', type: 'string', comment: 'the run of npm run replay' },
  { name: 'replay_source', type: 'string', comment: 'rejected, or the folder of firehose-errors' },
  { name: 'replay_key', type: 'string', comment: 'stands for the arrival that was replayed' },
  { name: 'replay_of', type: 'string', comment: 'names the rejected row that was replayed' },
] as const satisfies readonly LakeColumn[];

const select = (...names: readonly RawEventColumn[]): readonly LakeColumn[] =>
  names.map((name) => rawEventColumns.find((column) => column.name === name)!);

const eventColumns = [
  'event_id',
  'event_type',
  'event_name',
  'event_version',
  'event_timestamp',
  'event_at',
  'received_at',
  'app_version',
  'player_id',
  'session_id',
  'country',
  'application_id',
  'application_name',
  'event_data',
] as const satisfies readonly RawEventColumn[];

/** The views over the raw table; each one's text is `lib/queries/views/<file>`. */
export const rawEventViews = [
  {
    name: 'recent_events',
    file: 'recent-events.sql',
    comment: 'Accepted events, each (application_id, event_id) once',
    columns: [...select(...eventColumns, 'metadata'), ingestDate],
  },
  {
    name: 'rejected_events',
    file: 'rejected-events.sql',
    comment: 'Rejected events with the reason, as received',
    columns: [reason, ...select('rejection', ...eventColumns, 'metadata', 'original', 'replay'), ingestDate],
  },
  {
    name: 'replayed_events',
    file: 'replayed-events.sql',
    comment: 'Accepted events that a replay has brought in',
    columns: [...replayColumns, ...select(...eventColumns, 'metadata'), ingestDate],
  },
] as const satisfies readonly {
  readonly name: string;
  readonly file: string;
  readonly comment: string;
  readonly columns: readonly LakeColumn[];
}[];
