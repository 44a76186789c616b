import type { RawRow } from '../../business-logic/events-processing/raw-row.ts';

/** An event as a test case says it: what it leaves out is filled in with something usual. */
export interface RowInput {
  readonly application_id?: string | null;
  readonly event_id?: string;
  readonly event_type?: string;
  readonly player_id?: string | null;
  readonly session_id?: string | null;
  readonly app_version?: string | null;
  readonly country?: string | null;
  /** `YYYY-MM-DD HH:MM:SS[.mmm]`, UTC. */
  readonly event_at?: string;
  /** The same; default: the second after event_at. */
  readonly received_at?: string;
  /** What the client's clock said, where it is not believed; default: event_at. */
  readonly client_at?: string;
  /** More fields of the row's metadata. */
  readonly metadata?: object;
  /** Makes the row one that was replayed. */
  readonly replay?: object;
  /** Default: the day of received_at. */
  readonly ingest_date?: string;
  /** An object, or the JSON text itself. */
  readonly event_data?: object | string;
  readonly request_id?: string | null;
  readonly position?: number;
  /** Makes the row a rejected one, with this code. */
  readonly rejected?: string;
}

export interface PartitionedRow {
  readonly ingestDate: string;
  readonly row: RawRow;
}

let count = 0;

/** A row of raw_events as the transform writes it. */
export function aRawRow(input: RowInput = {}): PartitionedRow {
  count += 1;
  const eventAt = milliseconds(input.event_at ?? '2026-03-10 12:00:00');
  const receivedAt = input.received_at === undefined ? plusSecond(eventAt) : milliseconds(input.received_at);
  const data = input.event_data ?? {};
  const row: RawRow = {
    event_id: input.event_id ?? `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
    event_type: input.event_type ?? 'login',
    event_name: input.event_type ?? 'login',
    event_version: '1.0.0',
    event_timestamp: Date.parse(`${(input.client_at ?? eventAt).replace(' ', 'T')}Z`) / 1000,
    event_at: eventAt,
    received_at: receivedAt,
    app_version: optional(input.app_version, '1.0.0'),
    player_id: optional(input.player_id, 'player-1'),
    session_id: optional(input.session_id, 'session-1'),
    country: input.country ?? undefined,
    application_id: optional(input.application_id, 'game-a'),
    application_name: 'Game A',
    event_data: typeof data === 'string' ? data : JSON.stringify(data),
    status: input.rejected === undefined ? 'accepted' : 'rejected',
    rejection: input.rejected === undefined ? undefined : JSON.stringify({ code: input.rejected, errors: [] }),
    metadata: JSON.stringify({
      request_id: optional(input.request_id, `request-${count}`),
      position: input.position ?? 0,
      api_key_id: 'key-1',
      role: 'game',
      processed_at: `${receivedAt.replace(' ', 'T')}Z`,
      ...input.metadata,
    }),
    original: input.rejected === undefined ? undefined : ['{}'],
    replay: input.replay && JSON.stringify(input.replay),
  };
  return { ingestDate: input.ingest_date ?? receivedAt.slice(0, 10), row };
}

function optional(value: string | null | undefined, fallback: string): string | undefined {
  return value === undefined ? fallback : (value ?? undefined);
}

function milliseconds(time: string): string {
  return time.includes('.') ? time : `${time}.000`;
}

function plusSecond(time: string): string {
  const at = Date.parse(`${time.replace(' ', 'T')}Z`) + 1000;
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}
