import type { TypedColumn } from './event-columns.ts';
import type { LakeColumn } from './lake-column.ts';
import { ingestDate, rawEventColumns } from './raw-events.ts';

/** The table of typed, deduplicated events, in catalog and reports. */
export const eventsTable = 'events';

/**
 * Columns of the raw table that speak of arrival and rejection: a stored event has been accepted. `replay` is not among
 * them, since the warehouse's `raw_events` is made of stored events and of what else arrived.
 */
const rawOnly = new Set<string>(['status', 'rejection', 'original', ingestDate.name]);

/** Partition keys of the events table. */
export const eventsPartitionKeys = [
  { name: 'application_id', type: 'string', comment: 'the game' },
  { name: 'event_date', type: 'date', comment: 'day of event_at (UTC)' },
] as const satisfies readonly LakeColumn[];

const partitionNames = new Set<string>(eventsPartitionKeys.map(({ name }) => name));

/** Columns that every event has, in order. Only ever append. */
export const fixedEventColumns: readonly LakeColumn[] = rawEventColumns.filter(
  ({ name }) => !rawOnly.has(name) && !partitionNames.has(name),
);

/** Columns of the events table without its partition keys: those of every event, then one per declared field. */
export function eventsColumns(typed: readonly TypedColumn[]): readonly LakeColumn[] {
  return [...fixedEventColumns, ...typed.map(({ name, type, comment }) => ({ name, type, comment }))];
}
