import type { PipelineConfig } from '../../config/schema.ts';
import { accountTables, playerNames } from '../schemas/account-tables.ts';
import { eventsTable } from '../schemas/events-table.ts';
import { playerTables } from '../schemas/player-tables.ts';
import { rawEventViews } from '../schemas/raw-events.ts';

/** What a reader of a relation reads: of the catalog, and of a bucket. */
export interface ReportSource {
  /** A view is read with the table below it. */
  readonly tables: readonly string[];
  readonly folder: string;
  readonly bucket: 'lake' | 'restricted';
}

/**
 * The tables and the folder behind a relation that a report names.
 * @throws Error for a relation that is not known here: a role gets what its reports read, and nothing by guess
 */
export function reportSource(relation: string, config: PipelineConfig): ReportSource {
  if (relation === playerNames.name) return { tables: [relation], folder: relation, bucket: 'restricted' };
  if ([...accountTables, ...playerTables].some(({ name }) => name === relation)) {
    return { tables: [relation], folder: relation, bucket: 'lake' };
  }
  const raw = { table: config.RAW_EVENTS_TABLE, folder: config.RAW_EVENTS_PREFIX };
  const events = { table: eventsTable, folder: config.PROCESSED_EVENTS_PREFIX };
  if (relation === raw.table) return { tables: [raw.table], folder: raw.folder, bucket: 'lake' };
  if (relation === events.table) return { tables: [events.table], folder: events.folder, bucket: 'lake' };
  if (rawEventViews.some(({ name }) => name === relation)) {
    return { tables: [relation, raw.table], folder: raw.folder, bucket: 'lake' };
  }
  // What remains of the lake are the views of event types.
  if (relation.startsWith('event_')) return { tables: [relation, events.table], folder: events.folder, bucket: 'lake' };
  throw new Error(`a report reads ${relation}, of which it is not known where it lies`);
}
