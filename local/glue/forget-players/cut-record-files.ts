import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { isForgotten } from '../../../business-logic/shared/forgotten-players.ts';
import { AwsError } from '../../runtime.ts';
import { cutRecords } from './cut-records.ts';
import type { CutText, IsForgotten } from './cut-records.ts';
import type { ForgetRun, TableProof } from './forget-run.ts';

const compress = promisify(gzip);
const uncompress = promisify(gunzip);

/** What cuts the text of one object. */
export type CutObject = (text: string, isForgotten: IsForgotten) => CutText;

/**
 * Puts each object of a folder that holds records as they were sent again without what forgotten players sent, under its
 * own key.
 * @param name what the folder is called in the proof
 * @throws Error where what others sent would not stay as it is
 */
export async function cutRecordFiles(
  run: ForgetRun,
  name: string,
  prefix: string,
  cut: CutObject,
): Promise<TableProof & { readonly unreadable_removed: number }> {
  const { objects, signal } = run.context;
  const { bucket } = run.settings;
  const isGone: IsForgotten = (player, application) => isForgotten(run.forgotten, player, application);
  const proof = { files: 0, rewritten: 0, rows: 0, removed: 0, unreadable: 0, before: 0, after: 0, others: 0 };
  const digest = createHash('sha256');
  for await (const { key, etag, contentType, contentEncoding } of objects.list(bucket, `${prefix}/`)) {
    signal.throwIfAborted();
    const bytes = await objects.readAll(bucket, key);
    if (!bytes || bytes.length === 0) continue;
    proof.files += 1;
    const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    // Latin-1 keeps every byte, also of text that is no UTF-8.
    const text = (isCompressed ? await uncompress(bytes) : bytes).toString('latin1');
    const result = cut(text, isGone);
    proof.rows += result.kept.length + result.removed + result.unreadable;
    if (result.removed + result.unreadable === 0) continue;
    const again = cut(result.text, isGone);
    if (again.removed + again.unreadable > 0 || again.kept.join('\n') !== result.kept.join('\n')) {
      throw new Error(`${key} would lose what others sent; nothing of it was written`);
    }
    const left = Buffer.from(result.text, 'latin1');
    const body = isCompressed ? await compress(left) : left;
    try {
      await objects.put(bucket, key, body, { contentType, contentEncoding, ifMatch: etag });
    } catch (error) {
      // It has expired meanwhile.
      if (error instanceof AwsError && error.code === 'NoSuchKey') continue;
      throw error;
    }
    for (const one of result.kept) digest.update(`${one}\n`, 'latin1');
    proof.rewritten += 1;
    proof.removed += result.removed;
    proof.unreadable += result.unreadable;
    proof.before += bytes.length;
    proof.after += body.length;
    proof.others += result.kept.length;
  }
  return {
    table: name,
    files: proof.files,
    files_rewritten: proof.rewritten,
    rows_before: proof.rows,
    rows_after: proof.rows - proof.removed - proof.unreadable,
    rows_removed: proof.removed + proof.unreadable,
    bytes_before: proof.before,
    bytes_after: proof.after,
    others: proof.others,
    others_checksum: digest.digest('hex'),
    unreadable_removed: proof.unreadable,
  };
}

/** Records as they were put, one behind the other. */
export const cutBackup: CutObject = (text, isGone) => cutRecords(text, inLatin1(isGone));

/**
 * Firehose's error objects: a line of JSON for each record, which lies in `rawData` (S3's own deliveries) or `RawData`.
 * A line whose record is gone goes; one that is no such line stays as it is.
 */
export const cutErrors: CutObject = (text, isGone) => {
  const lines: string[] = [];
  const kept: string[] = [];
  let removed = 0;
  let unreadable = 0;
  for (const line of text.split(/(?<=\n)/)) {
    const data = rawDataOf(line);
    const result = data === undefined ? undefined : cutRecords(decoded(data), inLatin1(isGone));
    if (result === undefined || data === undefined) {
      lines.push(line);
      if (line.trim() !== '') kept.push(line);
      continue;
    }
    removed += result.removed;
    unreadable += result.unreadable;
    kept.push(...result.kept);
    if (result.removed + result.unreadable === 0) lines.push(line);
    else if (result.text.trim() !== '') {
      lines.push(line.replace(data, () => Buffer.from(result.text, 'latin1').toString('base64')));
    }
  }
  return { text: lines.join(''), kept, removed, unreadable };
};

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('latin1');

/** Ids were read byte by byte; what they are is UTF-8, but for characters that were escaped. */
const inLatin1 =
  (isGone: IsForgotten): IsForgotten =>
  (player, application) =>
    isGone(player, application) || isGone(utf8(player), utf8(application));

const utf8 = (value: unknown): unknown =>
  typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : value;

function rawDataOf(line: string): string | undefined {
  try {
    const { rawData, RawData } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const data = rawData ?? RawData;
    return typeof data === 'string' ? data : undefined;
  } catch {
    return undefined;
  }
}
