import type { RedshiftTable } from '../queries/redshift.ts';
import type { SqlType } from '../queries/sql-types.ts';
import { accountTables, playerNames, snapshotKey } from '../schemas/account-tables.ts';
import { eventsColumns, eventsPartitionKeys, eventsTable } from '../schemas/events-table.ts';
import type { GlueType, LakeColumn } from '../schemas/lake-column.ts';
import { athenaTypes } from '../schemas/lake-column.ts';
import { playerTables } from '../schemas/player-tables.ts';
import { ingestDate, rawEventColumns, rawEventViews } from '../schemas/raw-events.ts';
import type { EventCatalogue } from '../schemas/read-event-catalogue.ts';

/** Where readers find hot and cold events together. */
export const allEventsView = 'events_all';

/** Where readers find every rejected event as it arrived, as the lake's view `rejected_events` shows them. */
export const rejectedArrivalsView = 'rejected_arrivals';

/** Schema of what only the publisher's reports may read. */
export const restrictedSchema = 'restricted';

/** Every table and view of the lake that a query may read, by its name there: its name in the warehouse, and its types. */
export function readableTables({ columns: typed, views }: EventCatalogue): ReadonlyMap<string, RedshiftTable> {
  const [recent, rejected, replayed] = rawEventViews;
  const tables: readonly (readonly [name: string, columns: readonly LakeColumn[], renamed?: string])[] = [
    ['raw_events', [...rawEventColumns, ingestDate]],
    [recent.name, recent.columns],
    [rejected.name, rejected.columns, `public.${rejectedArrivalsView}`],
    [replayed.name, replayed.columns],
    [eventsTable, [...eventsPartitionKeys, ...eventsColumns(typed)], `public.${allEventsView}`],
    ...views.map(({ name, columns }) => [name, columns] as const),
    ...playerTables.map(({ name, columns, partitionKeys }) => [name, [...columns, ...partitionKeys]] as const),
    ...accountTables.map(({ name, columns }) => [name, [...columns, snapshotKey]] as const),
    [playerNames.name, [...playerNames.columns, snapshotKey], `${restrictedSchema}.${playerNames.name}`],
  ];
  return new Map(
    tables.map(([name, columns, renamed = `public.${name}`]) => [
      name,
      { name: renamed, columns: columnTypes(columns) },
    ]),
  );
}

/** Types of columns as SQL has them; arrays have none there. */
export function columnTypes(columns: readonly LakeColumn[]): ReadonlyMap<string, SqlType | undefined> {
  return new Map(columns.map(({ name, type }) => [name, sqlType(type)]));
}

function sqlType(type: GlueType): SqlType | undefined {
  if (type === 'timestamp') return 'timestamp';
  if (type === 'array<string>') return undefined;
  return type in athenaTypes ? (athenaTypes[type as keyof typeof athenaTypes] as SqlType) : (type as SqlType);
}
