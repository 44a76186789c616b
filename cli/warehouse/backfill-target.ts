import type { WarehouseTarget } from './warehouse-target.ts';

/** A warehouse and the lake it is filled from. */
export interface BackfillTarget extends WarehouseTarget {
  /** Name of the Glue database, and of the warehouse's. */
  readonly database: string;
}
