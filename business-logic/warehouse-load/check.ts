import type { Execution, LoadDeps, StepAnswer } from './load-deps.ts';

/** Asks how far the current batch is. */
export async function check({ run }: Execution, { records, database, logger }: LoadDeps): Promise<StepAnswer> {
  const record = await records.read(run);
  if (record.statement === undefined) throw new Error(`the run ${run} has sent no batch`);
  const state = await database.state(record.statement);
  if (state.status === 'failed') {
    await records.write(run, { ...record, error: state.error });
    logger.warn('a batch failed', { run, statement: record.statement, files: record.batches[0]?.length });
  }
  return { status: state.status };
}
