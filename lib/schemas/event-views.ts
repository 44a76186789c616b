import type { TypedColumn } from './event-columns.ts';
import { eventsPartitionKeys, eventsTable, fixedEventColumns } from './events-table.ts';
import { athenaType, type LakeColumn } from './lake-column.ts';

/** A view of the events table that shows one event type with its own columns only. */
export interface EventView {
  readonly name: string;
  readonly eventType: string;
  readonly columns: readonly LakeColumn[];
  /** A SELECT in Athena's SQL that casts every column: Athena calls a view stale whose types differ from its query's. */
  readonly sql: string;
}

/** What every event has, but for `replay`: `replayed_events` tells of it, and an Iceberg table lacks it until the job has run. */
const shownColumns = fixedEventColumns.filter(({ name }) => name !== 'replay');

/** The name of an event type's view: `event_` and the type in lower case, with `_` for what names may not hold. */
export const eventViewName = (eventType: string): string =>
  `event_${eventType.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')}`;

/**
 * A view for every declared event type, in the order of the types.
 * @throws Error naming the types of which two would be given one view
 */
export function eventViews(eventTypes: readonly string[], typed: readonly TypedColumn[]): readonly EventView[] {
  const views = eventTypes.map((eventType) => eventView(eventType, typed));
  const problems = views.flatMap(({ name, eventType }, at) => {
    const first = views.slice(0, at).find((view) => view.name === name);
    return first === undefined ? [] : [`${first.eventType} and ${eventType} would both have the view ${name}`];
  });
  if (problems.length > 0) {
    throw new Error(`event types need names that differ by more than case and signs:\n- ${problems.join('\n- ')}`);
  }
  return views;
}

function eventView(eventType: string, typed: readonly TypedColumn[]): EventView {
  const own = typed.filter(({ eventTypes }) => eventTypes.includes(eventType));
  const columns = [...eventsPartitionKeys, ...shownColumns, ...own].map(({ name, type, comment }) => ({
    name,
    type,
    comment,
  }));
  return { name: eventViewName(eventType), eventType, columns, sql: viewSql(eventType, columns) };
}

function viewSql(eventType: string, columns: readonly LakeColumn[]): string {
  const list = columns.map(({ name, type }) => `  CAST(${name} AS ${castType(type)}) AS ${name}`);
  return `SELECT\n${list.join(',\n')}\nFROM ${eventsTable}\nWHERE event_type = '${eventType}'\n`;
}

/** A timestamp without places is one of milliseconds in Athena, and reads the same in other dialects. */
const castType = (type: LakeColumn['type']): string => (type === 'timestamp' ? 'timestamp' : athenaType(type));
