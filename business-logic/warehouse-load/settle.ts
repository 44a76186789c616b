import { forget } from './begin.ts';
import type { Execution, LoadDeps, StepAnswer } from './load-deps.ts';
import type { RunRecord } from './run-record.ts';

/** The current batch is loaded: its messages go, and the next batch is the current one. */
export async function settle({ run }: Execution, deps: LoadDeps): Promise<StepAnswer> {
  const record = await deps.records.read(run);
  const [batch = [], ...batches] = record.batches;
  await forget(batch, record, deps);
  return await goOn(run, { ...record, batches, loaded: record.loaded + batch.length }, deps);
}

/** Keeps what remains, and says whether there is any. Whatever is sent next is another batch than before. */
export async function goOn(run: string, record: RunRecord, { records }: LoadDeps): Promise<StepAnswer> {
  const { statement: _, error: __, ...rest } = record;
  await records.write(run, { ...rest, attempts: rest.attempts + 1 });
  return { status: rest.batches.length > 0 ? 'load' : 'finish' };
}
