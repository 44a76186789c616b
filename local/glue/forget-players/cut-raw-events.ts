import { stat } from 'node:fs/promises';
import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import { AwsError } from '../../runtime.ts';
import { listFiles } from '../process-events/raw-objects.ts';
import type { LakeFile } from '../process-events/raw-objects.ts';
import { filesSql } from '../process-events/sql.ts';
import { forgottenSql } from './forgotten-sql.ts';
import { cutFile, findFiles, tableProof } from './forget-run.ts';
import type { CutFile, ForgetRun, TableProof } from './forget-run.ts';

const columns = rawEventColumns.filter(({ name }) => ['player_id', 'application_id', 'original'].includes(name));

/** A rejected event may have no more than its own text to tell whose it was. */
const player = `coalesce(player_id, athena_json_extract_scalar(array_to_string(original, ''), '$.player_id'))`;

/**
 * Puts each raw object that holds rows of forgotten players again without them, under its own key: one put is one step,
 * and whoever has taken the object goes on knowing it. Firehose's own compression stays.
 */
export async function cutRawEvents(run: ForgetRun): Promise<TableProof> {
  const { objects } = run.context;
  const { bucket, rawPrefix } = run.settings;
  const files = await listFiles(objects, bucket, `${rawPrefix}/`);
  const gone = forgottenSql(run.forgotten, player);
  const { found, rows } = await findFiles(run, files, (some) => ({
    rows: filesSql(
      some.map(({ path }) => path),
      columns,
      ['filename'],
    ),
    gone,
  }));
  const cuts: { before: number; cut: CutFile }[] = [];
  for (const [number, file] of found.entries()) {
    run.context.signal.throwIfAborted();
    const cut = await cutOne(run, file, gone, number);
    if (cut) cuts.push({ before: file.size, cut });
  }
  return tableProof('raw_events', { files: files.length, rows }, cuts);
}

/** Undefined where the object has expired meanwhile, which must not bring it back. */
async function cutOne(run: ForgetRun, file: LakeFile, gone: string, number: number): Promise<CutFile | undefined> {
  const { objects } = run.context;
  const { bucket } = run.settings;
  const head = await objects.head(bucket, file.key);
  if (!head) return undefined;
  const cut = await cutFile(run, file, { gone, compression: 'snappy', number });
  const { size } = await stat(cut.path);
  try {
    await objects.putFile(bucket, file.key, cut.path, {
      contentType: head.contentType ?? 'application/octet-stream',
      ifMatch: head.etag,
    });
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NoSuchKey') return undefined;
    throw error;
  }
  return { ...cut, size };
}
