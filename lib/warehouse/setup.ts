import type { WarehouseStep } from '../../business-logic/shared/warehouse-statements.ts';
import type { EventCatalogue } from '../schemas/read-event-catalogue.ts';
import { restrictedSchema } from './readable-tables.ts';
import { readers, readerSteps, restrictedReaders } from './readers.ts';
import { definitions, warehouseTables } from './warehouse-tables.ts';

/** Schema under which the warehouse sees the tables of the Glue database. */
export const lakeSchema = 'lake';

/** The same through the role that may read the restricted bucket. */
export const restrictedLakeSchema = 'restricted_lake';

/** Schemas, readers and tables. A table that is there keeps its columns; `columnsToAdd` gives it those that it lacks. */
export function tableSteps(events: EventCatalogue): readonly WarehouseStep[] {
  return [
    // In Redshift everybody may make tables there unless told otherwise.
    step('schema public', 'REVOKE CREATE ON SCHEMA public FROM PUBLIC'),
    step(`schema ${restrictedSchema}`, `CREATE SCHEMA IF NOT EXISTS ${restrictedSchema}`),
    step(`schema ${lakeSchema}`, externalSchema(lakeSchema, 'ROLE_ARN')),
    step(`schema ${restrictedLakeSchema}`, externalSchema(restrictedLakeSchema, 'RESTRICTED_ROLE_ARN')),
    ...readerSteps,
    // Who reads a view of the lake needs the lake's schema too.
    step(`usage of ${lakeSchema}`, `GRANT USAGE ON SCHEMA ${lakeSchema} TO GROUP ${readers}`),
    step(
      `usage of ${restrictedSchema}`,
      `GRANT USAGE ON SCHEMA ${restrictedSchema} TO GROUP ${restrictedReaders}`,
      `GRANT USAGE ON SCHEMA ${restrictedLakeSchema} TO GROUP ${restrictedReaders}`,
    ),
    ...warehouseTables(events).map(({ name, columns }) =>
      step(`table ${name}`, `CREATE TABLE IF NOT EXISTS public.${name} (${definitions(columns)})`),
    ),
    // A view that is bound to nothing may ask for what its reader may read.
    step(
      'what readers may read',
      ...['events', 'rejected_events', 'repeated_events'].map(
        (name) => `GRANT SELECT ON public.${name} TO GROUP ${readers}`,
      ),
    ),
  ];
}

/** Rows of table and column. */
export const existingColumns =
  "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'";

/** Keeps the boundary that the views are made with. */
export const boundarySteps: readonly WarehouseStep[] = [
  {
    name: 'boundary',
    unless: "SELECT value FROM public.warehouse_settings WHERE name = 'boundary'",
    statements: ["INSERT INTO public.warehouse_settings (name, value) VALUES ('boundary', ${BOUNDARY})"],
  },
];

const step = (name: string, ...statements: readonly string[]): WarehouseStep => ({ name, statements });

function externalSchema(name: string, role: 'ROLE_ARN' | 'RESTRICTED_ROLE_ARN'): string {
  return `CREATE EXTERNAL SCHEMA IF NOT EXISTS ${name} FROM DATA CATALOG DATABASE \${DATABASE} IAM_ROLE \${${role}}`;
}
