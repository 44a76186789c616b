import type { Execution, LoadDeps, StepAnswer } from './load-deps.ts';
import { loadBatch } from './load-batch.ts';

/** Sends the current batch to the warehouse. Sent twice it is the same batch: the token says so. */
export async function load({ run }: Execution, deps: LoadDeps): Promise<StepAnswer> {
  const { records, database, bucket } = deps;
  const { statement: _, error: __, ...record } = await records.read(run);
  const [batch = []] = record.batches;
  const manifest = await records.writeManifest(run, record.attempts, bucket, batch);
  const statements = loadBatch(deps.sql.load, {
    roleArn: deps.roleArn,
    manifest: `s3://${bucket}/${manifest}`,
    files: batch,
  });
  const statement = await database.submit(statements, `${record.token}-${record.attempts}`);
  await records.write(run, { ...record, statement });
  deps.logger.info('sent a batch', { run, files: batch.length, statement });
  return { status: 'sent' };
}
