import type { WarehouseColumn, WarehouseTable } from '../../business-logic/shared/warehouse-statements.ts';
import { longestText } from '../queries/redshift.ts';
import { eventsColumns, eventsPartitionKeys } from '../schemas/events-table.ts';
import type { GlueType, LakeColumn } from '../schemas/lake-column.ts';
import { rawEventColumns } from '../schemas/raw-events.ts';
import type { EventCatalogue } from '../schemas/read-event-catalogue.ts';

/** Strings of the envelope have at most 256 characters, of four bytes at most. */
const envelopeBytes = 1_024;

/** Columns of raw events that hold whole documents. */
const documents = new Set(['event_data', 'rejection', 'metadata', 'replay']);

/** A column of the raw table, as Redshift calls its type. */
export const rawColumn = ({ name, type }: LakeColumn): WarehouseColumn => ({
  name,
  type: type === 'string' && !documents.has(name) ? `VARCHAR(${envelopeBytes})` : redshiftColumnType(type),
});

/** What Redshift calls a type of the Glue catalog. */
export function redshiftColumnType(type: GlueType): string {
  switch (type) {
    case 'string':
      return `VARCHAR(${longestText})`;
    case 'double':
      return 'DOUBLE PRECISION';
    case 'array<string>':
      return 'SUPER';
    default:
      return type.toUpperCase();
  }
}

/** The columns of the raw table in its order, which COPY of Parquet goes by. */
export const stagedColumns: readonly WarehouseColumn[] = rawEventColumns.map(rawColumn);

/** Tells the rows of `rejected_events` apart, whatever a rejected event lacks. */
export const rejectionKey: WarehouseColumn = { name: 'rejection_key', type: `VARCHAR(${longestText})` };

const reason: WarehouseColumn = { name: 'reason', type: `VARCHAR(${envelopeBytes})` };

/** What the lake's view of rejected events has, and what the raw table has beyond it. */
export const rejectedColumns: readonly WarehouseColumn[] = [rejectionKey, reason, ...stagedColumns];

const fixedNames = new Set<string>(rawEventColumns.map(({ name }) => name));

/** Columns of `events`: its keys, what every event has, then one per declared field. New ones come last. */
export function eventColumns({ columns: typed }: EventCatalogue): readonly WarehouseColumn[] {
  return [...eventsPartitionKeys, ...eventsColumns(typed)].map((column) =>
    fixedNames.has(column.name) ? rawColumn(column) : { name: column.name, type: redshiftColumnType(column.type) },
  );
}

/**
 * The tables of the warehouse. Every row of a loaded file stands in exactly one of `events`, `rejected_events` (each event
 * once) and `repeated_events` (the other copies).
 */
export function warehouseTables(events: EventCatalogue): readonly WarehouseTable[] {
  return [
    { name: 'events', columns: eventColumns(events) },
    { name: 'rejected_events', columns: rejectedColumns },
    { name: 'repeated_events', columns: stagedColumns },
    {
      name: 'loaded_files',
      columns: [
        { name: 'object_key', type: 'VARCHAR(1024)' },
        { name: 'ingest_date', type: 'VARCHAR(10)' },
        { name: 'loaded_at', type: 'TIMESTAMP' },
      ],
    },
    {
      name: 'warehouse_settings',
      columns: [
        { name: 'name', type: 'VARCHAR(128)' },
        { name: 'value', type: 'VARCHAR(1024)' },
      ],
    },
  ];
}

/** `"a" BIGINT, "b" DATE`; every name is quoted, so that no field's name is a word of Redshift's. */
export const definitions = (columns: readonly WarehouseColumn[]): string =>
  columns.map(({ name, type }) => `"${name}" ${type}`).join(', ');

/** `"a", "b"`, or `t."a", t."b"`. */
export const names = (columns: readonly WarehouseColumn[], table?: string): string =>
  columns.map(({ name }) => (table === undefined ? `"${name}"` : `${table}."${name}"`)).join(', ');
