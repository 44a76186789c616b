import { accountTables, playerNames, snapshotKey } from '../schemas/account-tables.ts';
import type { EventCatalogue } from '../schemas/read-event-catalogue.ts';
import { eventViews } from '../schemas/event-views.ts';
import { eventsColumns, eventsPartitionKeys, eventsTable } from '../schemas/events-table.ts';
import type { LakeColumn } from '../schemas/lake-column.ts';
import { playerTables } from '../schemas/player-tables.ts';
import { ingestDate, rawEventColumns, rawEventViews } from '../schemas/raw-events.ts';

/** A table or view that a query may read. */
export interface QueryableTable {
  /** Names of its columns, partition keys included. */
  readonly columns: readonly string[];
  /** The date that its partitions lie in; absent where a filter could leave none out. */
  readonly partitionDate?: string;
}

/** Tables and views of the lake, by name. */
export type LakeTables = ReadonlyMap<string, QueryableTable>;

/** What the lake has, given its event types. */
export function lakeTables({ schemas, columns: typed }: EventCatalogue): LakeTables {
  const [eventDate] = eventsPartitionKeys.filter(({ type }) => type === 'date').map(({ name }) => name);
  return new Map([
    ['raw_events', table([...rawEventColumns, ingestDate], ingestDate.name)],
    // One view ranks all copies of an event, wherever they lie; a filter on the others reaches the table below.
    ...rawEventViews.map(
      ({ name, columns }) => [name, table(columns, name === 'recent_events' ? undefined : ingestDate.name)] as const,
    ),
    [eventsTable, table([...eventsColumns(typed), ...eventsPartitionKeys], eventDate)],
    ...eventViews(Object.keys(schemas), typed).map(({ name, columns }) => [name, table(columns, eventDate)] as const),
    ...playerTables.map(
      ({ name, columns, partitionKeys }) => [name, table([...columns, ...partitionKeys], eventDate)] as const,
    ),
    ...[...accountTables, playerNames].map(({ name, columns }) => [name, table([...columns, snapshotKey])] as const),
  ]);
}

const table = (columns: readonly LakeColumn[], partitionDate?: string): QueryableTable => ({
  columns: columns.map(({ name }) => name),
  ...(partitionDate !== undefined && { partitionDate }),
});
