import { forget } from './begin.ts';
import { deadLetterOf } from './file-of-message.ts';
import type { Execution, LoadDeps, StepAnswer } from './load-deps.ts';
import { loadedAmong } from './loaded-among.ts';
import type { RunRecord } from './run-record.ts';
import { goOn } from './settle.ts';

/** Redshift's word for a transaction that met another: `1023` in its documentation. */
const metAnother = /serializable isolation violation|conflict with concurrent transaction|deadlock|\b1023\b/i;

/** How often a batch is sent again because of others. */
const maxRetries = 5;

/** So many files are given up by a run that could load none: then it is hardly the files. */
const maxFailedAlone = 10;

/**
 * The current batch failed. What is loaded meanwhile is left out and the rest sent again; a batch that met another
 * transaction is sent again; all others are halved until a file stands alone, and what fails alone is given up.
 */
export async function split({ run }: Execution, deps: LoadDeps): Promise<StepAnswer> {
  const record = await deps.records.read(run);
  const [batch = [], ...rest] = record.batches;
  const error = record.error ?? 'it is not known why';

  // Throws while the warehouse is away: then it is no fault of any file, and the next run takes them all.
  const loaded = new Set(await loadedAmong(batch, deps));
  if (loaded.size > 0) {
    await forget([...loaded], record, deps);
    const others = batch.filter((key) => !loaded.has(key));
    return await goOn(run, { ...record, batches: others.length > 0 ? [others, ...rest] : rest }, deps);
  }
  if (metAnother.test(error) && record.retries < maxRetries) {
    return await goOn(run, { ...record, retries: record.retries + 1 }, deps);
  }
  if (batch.length > 1) {
    const middle = Math.ceil(batch.length / 2);
    const batches = [batch.slice(0, middle), batch.slice(middle), ...rest];
    return await goOn(run, { ...record, batches, retries: 0 }, deps);
  }
  return await giveUp(run, { ...record, batches: rest, retries: 0 }, batch[0]!, error, deps);
}

async function giveUp(run: string, record: RunRecord, key: string, error: string, deps: LoadDeps): Promise<StepAnswer> {
  if (record.loaded === 0 && record.failed >= maxFailedAlone) {
    throw new Error(`${record.failed} files failed one after the other and none was loaded, the last with: ${error}`);
  }
  await deps.queue.giveUp(deadLetterOf(deps.bucket, key, { error, run, at: deps.now() }));
  deps.logger.warn('a file cannot be loaded', { run, file: key });
  await forget([key], record, deps);
  return await goOn(run, { ...record, failed: record.failed + 1 }, deps);
}
