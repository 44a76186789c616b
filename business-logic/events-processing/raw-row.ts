import type { ReplayMark } from './replay-mark.ts';

/** One line of the transform's output: a row of `raw_events`, keys in the order of its columns, absent where null. */
export interface RawRow {
  readonly event_id?: string | undefined;
  readonly event_type?: string | undefined;
  readonly event_name?: string | undefined;
  readonly event_version?: string | undefined;
  /** Seconds since the epoch. */
  readonly event_timestamp?: number | undefined;
  readonly event_at?: string | undefined;
  readonly received_at: string;
  readonly app_version?: string | undefined;
  readonly player_id?: string | undefined;
  readonly session_id?: string | undefined;
  readonly country?: string | undefined;
  readonly application_id?: string | undefined;
  readonly application_name?: string | undefined;
  /** JSON text. */
  readonly event_data?: string | undefined;
  readonly status: 'accepted' | 'rejected';
  /** JSON text of a `Rejection`. */
  readonly rejection?: string | undefined;
  /** JSON text of `RowMetadata`. */
  readonly metadata: string;
  readonly original?: readonly string[] | undefined;
  /** JSON text of `RowReplay`, of an event that was sent again by `npm run replay`. */
  readonly replay?: string | undefined;
}

/** What `raw_events.metadata` holds, as JSON. */
export interface RowMetadata {
  readonly request_id?: string | undefined;
  readonly position: number;
  readonly api_key_id?: string | undefined;
  readonly role: string;
  readonly processed_at: string;
  readonly clock?: 'ahead' | 'behind' | undefined;
  /** The schema version that judged the event, where the one it names is not declared. */
  readonly schema_version?: string | undefined;
}

/** What `raw_events.replay` holds, as JSON. */
export type RowReplay = Omit<ReplayMark, 'at'> & {
  /** As `processed_at`. */
  readonly at: string;
};
