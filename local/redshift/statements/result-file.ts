import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { undefinedIfMissing } from '../../durable-files.ts';

export type ResultRow = readonly (string | null)[];

/** Most bytes of rows on one page; at least one row is on it. */
const PAGE_BYTES = 1 << 20;
/** Bytes that are written at a time. */
const WRITE_BYTES = 1 << 20;

/** Writes one row a line; gives back the bytes. */
export async function writeResult(path: string, rows: readonly ResultRow[]): Promise<number> {
  const file = await open(path, 'w');
  let bytes = 0;
  try {
    let pending = '';
    for (const row of rows) {
      pending += `${JSON.stringify(row)}\n`;
      if (pending.length < WRITE_BYTES) continue;
      bytes += (await file.write(pending)).bytesWritten;
      pending = '';
    }
    if (pending !== '') bytes += (await file.write(pending)).bytesWritten;
  } finally {
    await file.close();
  }
  return bytes;
}

/** A page of rows from a byte on; `next` is where the one after it begins. Undefined when the file is gone. */
export async function readResult(
  path: string,
  start: number,
): Promise<{ readonly rows: readonly ResultRow[]; readonly next?: number } | undefined> {
  const size = (await stat(path).catch(undefinedIfMissing))?.size;
  if (size === undefined) return undefined;
  const rows: ResultRow[] = [];
  let at = start;
  const stream = createReadStream(path, { start, encoding: 'utf8' });
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      rows.push(JSON.parse(line) as ResultRow);
      at += Buffer.byteLength(line) + 1;
      if (at - start >= PAGE_BYTES) break;
    }
  } finally {
    stream.destroy();
  }
  return at < size ? { rows, next: at } : { rows };
}
