import type { WarehousePurge } from '../../business-logic/shared/warehouse-statements.ts';
import type { EventCatalogue } from '../schemas/read-event-catalogue.ts';
import { replaceAllEvents } from './views.ts';

/** Moves the first day that the warehouse holds itself: what reads finds each event on one side of it, before and after. */
export function warehousePurge(events: EventCatalogue): WarehousePurge {
  return {
    boundary: "SELECT value FROM public.warehouse_settings WHERE name = 'boundary'",
    statements: [
      // No load between what is read and what is deleted.
      'LOCK loaded_files',
      "DELETE FROM public.warehouse_settings WHERE name = 'boundary'",
      "INSERT INTO public.warehouse_settings (name, value) VALUES ('boundary', ${BOUNDARY})",
      replaceAllEvents(events),
      'DELETE FROM public.events WHERE event_date < CAST(${BOUNDARY} AS DATE)',
    ],
  };
}
