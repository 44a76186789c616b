import { whenNeeded } from '../when-needed.ts';
import type { WarehouseDatabase } from './warehouse-database.ts';

/** The warehouse; its clients are loaded when something is first asked of it. */
export const databaseWhenNeeded = (workgroup: string, database: string): WarehouseDatabase =>
  whenNeeded<WarehouseDatabase>(['submit', 'state', 'query', 'run'], async () => {
    const { connectDatabase } = await import('./connect-database.ts');
    return connectDatabase(workgroup, database);
  });
