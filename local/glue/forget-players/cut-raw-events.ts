import { stat } from 'node:fs/promises';
import { rawEventColumns } from '../../../lib/schemas/raw-events.ts';
import { AwsError } from '../../runtime.ts';
import { openManifest } from '../process-events/manifest.ts';
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
 * and whoever has taken the object goes on knowing it. Firehose's own compression stays. Objects that the events job was
 * told to skip, since nobody can read them, are left as they are.
 */
export async function cutRawEvents(run: ForgetRun): Promise<TableProof> {
  const { objects } = run.context;
  const { bucket, rawPrefix, manifestKey } = run.settings;
  const { manifest } = await openManifest(objects, bucket, manifestKey);
  const unreadable = new Set(manifest.skipped.flatMap(({ object, error }) => (error.startsWith('none') ? [] : object)));
  const listed = await listFiles(objects, bucket, `${rawPrefix}/`);
  const files = listed.filter(({ key }) => !unreadable.has(key));
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
  const proof = tableProof('raw_events', { files: files.length, rows }, cuts);
  return files.length === listed.length ? proof : { ...proof, unreadable_files: listed.length - files.length };
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
