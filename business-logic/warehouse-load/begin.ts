import { rawEventColumns } from '../../lib/schemas/raw-events.ts';
import { deadLetterOf, fileOfMessage } from './file-of-message.ts';
import { batchesOf } from './load-batch.ts';
import type { Execution, LoadDeps, StepAnswer } from './load-deps.ts';
import { loadedAmong } from './loaded-among.ts';
import type { RunRecord } from './run-record.ts';

/**
 * Finds out whether there is anything to load, and takes it. Nothing is taken from the queue before the warehouse has
 * answered: while it is away, messages neither wait out their hours nor count as received.
 */
export async function begin(own: Execution, deps: LoadDeps): Promise<StepAnswer> {
  if (await deps.othersTurn(own)) return { status: 'busy' };
  const left = await deps.records.list();
  if (left.length === 0 && (await deps.queue.isEmpty())) {
    return { status: deps.sql.trimLive.length > 0 ? 'finish' : 'idle' };
  }

  await checkColumns(deps);
  await deps.database.query(deps.sql.purge.boundary);

  const record = await takeFiles(own.run, left, deps);
  const loaded = await loadedAmong(Object.keys(record.files), deps);
  await forget(loaded, record, deps);
  const rest = Object.keys(record.files).toSorted();
  const next = { ...record, batches: [...batchesOf(deps.sql.load, rest)] };
  await deps.records.write(own.run, next);
  deps.logger.info('took files', { run: own.run, files: rest.length, loadedBefore: loaded.length, leftBehind: left });
  return { status: rest.length > 0 ? 'load' : 'finish' };
}

/**
 * A column that the catalog has and the staging table lacks makes every new file fail: a deployment is on its way, which
 * changes the table first and this function after it.
 */
async function checkColumns({ rawColumns }: LoadDeps): Promise<void> {
  const staged = new Set<string>(rawEventColumns.map(({ name }) => name));
  const unknown = (await rawColumns()).filter((name) => !staged.has(name));
  if (unknown.length > 0) {
    throw new Error(`the raw table has columns that are not staged yet: ${unknown.join(', ')}; deploy the warehouse`);
  }
}

/** Puts together what runs left behind (this one too, if its first step died half-way) and what waits in the queue. */
async function takeFiles(run: string, left: readonly string[], deps: LoadDeps): Promise<RunRecord> {
  const { records, queue, maxFiles, newToken } = deps;
  const files = new Map<string, string[]>();
  const hold = (key: string, receipts: readonly string[]) => files.set(key, [...(files.get(key) ?? []), ...receipts]);
  for (const other of left) {
    for (const [key, receipts] of Object.entries((await records.read(other)).files)) hold(key, receipts);
  }
  const wanted = Math.max(0, maxFiles - files.size);
  const messages = await queue.receive(wanted);
  const done: string[] = [];
  for (const { body, receipt } of messages) {
    const file = fileOfMessage(body, deps.bucket, deps.rawPrefix);
    if ('key' in file) {
      hold(file.key, [receipt]);
      continue;
    }
    if ('problem' in file) {
      await queue.giveUp({
        ...deadLetterOf(deps.bucket, '', { error: file.problem, run, at: deps.now() }),
        message: body,
      });
    }
    done.push(receipt);
  }
  const record: RunRecord = {
    version: 1,
    token: newToken(),
    files: Object.fromEntries(files),
    batches: [],
    attempts: 0,
    retries: 0,
    loaded: 0,
    failed: 0,
    hasMore: messages.length >= wanted,
  };
  // Before anything is deleted: what is held here and nowhere else would be lost with this run.
  await records.write(run, record);
  await queue.delete(done);
  for (const other of left) if (other !== run) await records.delete(other);
  return record;
}

/** Lets go of files that need no loading. */
export async function forget(keys: readonly string[], record: RunRecord, { queue }: LoadDeps): Promise<void> {
  await queue.delete(keys.flatMap((key) => record.files[key] ?? []));
  for (const key of keys) delete record.files[key];
}
