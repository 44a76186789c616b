import { readFileSync } from 'node:fs';
import type { EventsJobPlan } from '../../../lib/etl/events-job-plan.ts';
import { athenaType } from '../../../lib/schemas/lake-column.ts';
import type { TypedColumn } from '../../../lib/schemas/event-columns.ts';

/** The usual layout's table, as the crawler calls it: a column `event` of JSON, and days. */
export const usualTable = 'crawled_usual_events';

const envelope = `event_id, event_type, event_name, event_version, event_timestamp, event_at, received_at, app_version,
  player_id, session_id, country, application_id, application_name, event_data, metadata`;

/**
 * A report's SQL as it would have to be asked without the typed tables: `events` is the view over `raw_events`, with
 * the fields from its JSON, and the player tables are what the events job makes of that. Each is written where it is
 * read, so that an engine can leave out the columns that are not needed there.
 */
export function overRawEvents(sql: string, { statements }: EventsJobPlan, columns: readonly TypedColumn[]): string {
  const fields = columns.map(
    ({ name, type }) => `TRY_CAST(json_extract_scalar(event_data, '$.${name}') AS ${athenaType(type)}) AS "${name}"`,
  );
  const events = `SELECT ${envelope}, CAST(event_at AS date) AS event_date, ${fields.join(', ')} FROM recent_events`;
  const withEvents = (text: string): string => readFrom(text, 'events', events);
  const players = (['player_days', 'player_revenue'] as const).reduce(
    (text, name) => readFrom(text, name, withEvents(statements[name].athena.replaceAll(/\bday_events\b/g, 'events'))),
    sql.replaceAll(/^\s*--.*$/gm, '').trim(),
  );
  return withEvents(players);
}

function readFrom(sql: string, table: string, query: string): string {
  return sql.replaceAll(
    new RegExp(`\\b(FROM|JOIN)\\s+${table}\\b`, 'g'),
    (_, verb) => `${verb} (${query}) AS ${table}`,
  );
}

/** Reports that need every day there is, since only the first of them tells when a player came, or paid, first. */
export function needsAllHistory(path: string): boolean {
  return /^-- note: reads the (players|purchases) of every day/m.test(readFileSync(path, 'utf8'));
}
