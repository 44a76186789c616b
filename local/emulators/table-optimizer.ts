import type { Emulator } from '../runtime.ts';

/** Upkeep of an Iceberg table. On the laptop the table is Parquet, which the job compacts itself: there is nothing to do. */
export const tableOptimizer: Emulator = {
  types: ['AWS::Glue::TableOptimizer'],
  start: async (resource) => ({ ref: resource.generatedName }),
};
