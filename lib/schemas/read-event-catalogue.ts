import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { eventColumns, type RecordedColumn, type TypedColumn } from './event-columns.ts';
import type { EventSchemas } from './event-schema.ts';
import { eventViews, type EventView } from './event-views.ts';
import type { GlueType } from './lake-column.ts';
import { readEventSchemas } from './read-event-schemas.ts';

/** Where event types are declared, and where the columns that they were given are recorded. */
export interface EventSources {
  /** Folder of JSON Schemas. */
  readonly schemas: string;
  /** JSON file; none counts as an empty record. */
  readonly record: string;
}

/** The declared event types and what the lake gives them. */
export interface EventCatalogue {
  readonly schemas: EventSchemas;
  /** Columns of the events table, one for every field. */
  readonly columns: readonly TypedColumn[];
  /** One for every event type. */
  readonly views: readonly EventView[];
}

const path = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** The project's own. */
export const projectEvents: EventSources = {
  schemas: path('config/events'),
  record: path('config/event-columns.json'),
};

/** Reads event types, columns and views. Throws Error naming everything that is wrong with schemas or record. */
export function readEventCatalogue({ schemas: folder, record }: EventSources = projectEvents): EventCatalogue {
  const schemas = readEventSchemas(folder);
  const columns = eventColumns(schemas, readColumnRecord(record));
  return { schemas, columns, views: eventViews(Object.keys(schemas), columns) };
}

const glueType = z
  .string()
  .regex(/^(string|bigint|double|boolean|decimal\(\d+,\d+\))$/, { error: 'is no type of a column of events' })
  .transform((type) => type as GlueType);

const columnList = z.array(z.strictObject({ name: z.string().min(1), type: glueType }));

/** Reads the record of columns. Throws Error naming what is wrong with it. */
export function readColumnRecord(record: string): readonly RecordedColumn[] {
  if (!existsSync(record)) return [];
  const columns = columnList.safeParse(JSON.parse(readFileSync(record, 'utf8')));
  if (!columns.success) throw new Error(`${record} is no record of columns:\n${z.prettifyError(columns.error)}`);
  const names = columns.data.map(({ name }) => name);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  if (twice.length > 0) throw new Error(`${record} lists ${twice.join(', ')} twice`);
  return columns.data;
}
