import type { QueryRows, WorkGroups } from './runtime.ts';

export interface NewestEventsOptions {
  readonly workGroups: Pick<WorkGroups, 'query'>;
  readonly database: string;
  /** What RAW_EVENTS_TABLE calls the table of everything received. */
  readonly rawEventsTable: string;
}

/** What became of an event. */
export const eventStatuses = ['accepted', 'rejected'] as const;

export type EventStatus = (typeof eventStatuses)[number];

const columns =
  "status, json_extract_scalar(rejection, '$.code') AS reason, rejection, event_id, event_type, event_name, " +
  'event_version, event_timestamp, event_at, received_at, app_version, player_id, session_id, country, ' +
  "application_id, application_name, event_data, metadata, array_join(original, '') AS original, replay";

/** Columns that hold JSON text; it goes into an answer as it is, so that no number loses digits. */
const jsonColumns: ReadonlySet<string> = new Set(['event_data', 'metadata', 'rejection', 'replay']);

/**
 * The events that were received last, the newest first, each as the text of a JSON object without what it does not
 * have. They are arrivals: an event that was sent twice stands here twice.
 *
 * @param limit most events, a positive integer
 */
export async function readNewestEvents(
  { status, limit }: { readonly status?: EventStatus | undefined; readonly limit: number },
  { workGroups, database, rawEventsTable }: NewestEventsOptions,
): Promise<readonly string[]> {
  const ofStatus = status === undefined ? 'TRUE' : `status = '${status}'`;
  // Since when is found by two narrow columns; only the row groups from then on are read whole.
  const times = await workGroups.query(
    `SELECT received_at FROM ${rawEventsTable} WHERE ${ofStatus} ORDER BY received_at DESC LIMIT ${limit}`,
    { database, countsBytes: false },
  );
  const since = times.rows.at(-1)?.[0];
  if (since === undefined) return [];
  const newest = await workGroups.query(
    `SELECT ${columns} FROM ${rawEventsTable} WHERE ${ofStatus} AND received_at >= TIMESTAMP '${since}' ` +
      `ORDER BY received_at DESC, event_id, metadata LIMIT ${limit}`,
    { database, countsBytes: false },
  );
  return listedEvents(newest);
}

function listedEvents({ columns: named, rows }: QueryRows): readonly string[] {
  return rows.map((row) => {
    const members = named.flatMap(({ name }, index) => {
      const value = row[index];
      return value === undefined ? [] : [`${JSON.stringify(name)}:${memberText(name, value)}`];
    });
    return `{${members.join(',')}}`;
  });
}

function memberText(name: string, value: string): string {
  if (jsonColumns.has(name)) return value;
  return name === 'event_timestamp' ? String(Number(value)) : JSON.stringify(value);
}
