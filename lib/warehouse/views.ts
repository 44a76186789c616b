import { readFileSync } from 'node:fs';
import type { WarehouseStep } from '../../business-logic/shared/warehouse-statements.ts';
import { parseStatement } from '../queries/sql-tree.ts';
import type { RedshiftTable } from '../queries/redshift.ts';
import { transpileToRedshift } from '../queries/transpile.ts';
import { accountTables, playerNames, snapshotKey } from '../schemas/account-tables.ts';
import type { LakeColumn } from '../schemas/lake-column.ts';
import { playerTables } from '../schemas/player-tables.ts';
import { ingestDate, rawEventColumns, rawEventViews } from '../schemas/raw-events.ts';
import type { EventCatalogue } from '../schemas/read-event-catalogue.ts';
import {
  allEventsView,
  columnTypes,
  readableTables,
  rejectedArrivalsView,
  restrictedSchema,
} from './readable-tables.ts';
import { lakeSchema, restrictedLakeSchema } from './setup.ts';
import { readers, restrictedReaders } from './readers.ts';
import { eventColumns, names, redshiftColumnType, stagedColumns } from './warehouse-tables.ts';

/** What arrived and is not among the stored events: rejected events, and further copies of any event. */
const otherArrivalsView = 'other_arrivals';

/** Every view of the warehouse, in an order in which each finds what it reads. */
export function warehouseViews(events: EventCatalogue): readonly WarehouseStep[] {
  const tables = readableTables(events);
  const [recent, rejected, replayed] = rawEventViews;
  const rejectedTables = new Map([...tables, ['raw_events', other] as const]);
  return [
    view(allEventsView, allEvents(events)),
    view(otherArrivalsView, otherArrivals()),
    view('raw_events', rawEvents()),
    view(recent.name, inRedshift(readView(recent.file), tables)),
    view(rejectedArrivalsView, inRedshift(readView(rejected.file), rejectedTables)),
    view(replayed.name, inRedshift(readView(replayed.file), tables)),
    ...events.views.map(({ name, sql }) => view(name, inRedshift(sql, tables))),
    ...playerTables.map(({ name, columns, partitionKeys }) =>
      view(name, lakeRows(name, [...columns, ...partitionKeys])),
    ),
    ...accountTables.map(({ name, columns }) => view(name, lakeRows(name, [...columns, snapshotKey]))),
    view(
      playerNames.name,
      lakeRows(playerNames.name, [...playerNames.columns, snapshotKey], restrictedLakeSchema),
      restrictedSchema,
      restrictedReaders,
    ),
  ];
}

const other: RedshiftTable = {
  name: `public.${otherArrivalsView}`,
  columns: columnTypes([...rawEventColumns, ingestDate]),
};

/**
 * A view that is made anew, at once for those who read: its columns may have changed. It is bound to nothing, so that what
 * it reads may be made anew as well, and may lie in the lake.
 */
function view(name: string, sql: string, schema = 'public', group = readers): WarehouseStep {
  return {
    name: `view ${schema}.${name}`,
    statements: [
      `DROP VIEW IF EXISTS ${schema}.${name} CASCADE`,
      `CREATE VIEW ${schema}.${name} AS ${sql} WITH NO SCHEMA BINDING`,
      `GRANT SELECT ON ${schema}.${name} TO GROUP ${group}`,
    ],
  };
}

/** Both sides of the boundary, which is a literal: Spectrum opens no folder of the lake that lies after it. */
function allEvents(events: EventCatalogue): string {
  const columns = names(eventColumns(events));
  return (
    `SELECT ${columns} FROM public.events WHERE event_date >= CAST(\${BOUNDARY} AS DATE) ` +
    `UNION ALL SELECT ${columns} FROM ${lakeSchema}.events WHERE event_date < CAST(\${BOUNDARY} AS DATE)`
  );
}

/** The view again, for another boundary: its columns are the same, so that it is replaced and what reads it stays. */
export const replaceAllEvents = (events: EventCatalogue): string =>
  `CREATE OR REPLACE VIEW public.${allEventsView} AS ${allEvents(events)} WITH NO SCHEMA BINDING`;

/** The day of a file is not kept; the day of arrival is what it stands for. */
const arrivalDate = `to_char(received_at, 'YYYY-MM-DD') AS ${ingestDate.name}`;

function otherArrivals(): string {
  const columns = `${names(stagedColumns)}, ${arrivalDate}`;
  return `SELECT ${columns} FROM public.rejected_events UNION ALL SELECT ${columns} FROM public.repeated_events`;
}

/** What the warehouse keeps of everything received, in the columns of the raw table. */
function rawEvents(): string {
  const stored = stagedColumns.map(({ name, type }) => storedColumn(name, type)).join(', ');
  const columns = `${names(stagedColumns)}, ${ingestDate.name}`;
  return (
    `SELECT ${stored}, ${arrivalDate} FROM public.${allEventsView} ` +
    `UNION ALL SELECT ${columns} FROM public.${otherArrivalsView}`
  );
}

function storedColumn(name: string, type: string): string {
  if (name === 'status') return `CAST('accepted' AS ${type}) AS "status"`;
  return name === 'rejection' || name === 'original' ? `CAST(NULL AS ${type}) AS "${name}"` : `"${name}"`;
}

function lakeRows(table: string, columns: readonly LakeColumn[], schema = lakeSchema): string {
  const list = columns.map(({ name, type }) => `CAST("${name}" AS ${redshiftColumnType(type)}) AS "${name}"`);
  return `SELECT ${list.join(', ')} FROM ${schema}.${table}`;
}

const readView = (file: string): string => readFileSync(new URL(`../queries/views/${file}`, import.meta.url), 'utf8');

const inRedshift = (sql: string, tables: ReadonlyMap<string, RedshiftTable>): string =>
  transpileToRedshift(parseStatement(sql), { tables }).sql;
