import { fillStatement } from '../shared/warehouse-statements.ts';
import type { LoadDeps } from './load-deps.ts';
import { keysPerStatement } from './load-batch.ts';

/** Which of these files the warehouse has noted as loaded. Throws when the warehouse does not answer. */
export async function loadedAmong(
  keys: readonly string[],
  deps: Pick<LoadDeps, 'sql' | 'database'>,
): Promise<string[]> {
  const loaded: string[] = [];
  for (const FILES of keysPerStatement(keys)) {
    const rows = await deps.database.query(fillStatement(deps.sql.load.loadedAmong, { FILES }));
    loaded.push(...rows.flatMap(([key]) => key ?? []));
  }
  return loaded;
}
