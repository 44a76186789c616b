import { fillStatement } from '../shared/warehouse-statements.ts';
import type { Execution, LoadDeps, StepAnswer } from './load-deps.ts';
import { moveBoundary } from './move-boundary.ts';

/** All is loaded: the warehouse lets go of what is too old for it, and the run of its record. */
export async function finish({ run }: Execution, deps: LoadDeps): Promise<StepAnswer> {
  const { records, database, sql, liveStream, logger } = deps;
  if (sql.trimLive.length > 0)
    await database.run(sql.trimLive.map((text) => fillStatement(text, { STREAM: liveStream })));
  if (!(await records.list()).includes(run)) return { status: 'done' };

  const boundary = await moveBoundary(deps);
  const { loaded, failed, hasMore } = await records.read(run);
  await records.delete(run);
  logger.info('loaded files', { run, loaded, failed, ...(boundary !== undefined && { boundary }) });
  return { status: hasMore && loaded > 0 ? 'again' : 'done' };
}
