import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { syncFile } from '../durable-files.ts';

/** Bytes on disk, synced, that wait to become an object. */
export interface StoredFile {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** Hexadecimal. */
  readonly md5: string;
}

/** Writes a body to a new file in `folder`, in constant memory. */
export async function storeBody(folder: string, body: Buffer | Readable): Promise<StoredFile> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, randomUUID());
  const md5 = createHash('md5');
  const file = await open(path, 'wx');
  try {
    for await (const chunk of Buffer.isBuffer(body) ? [body] : body) {
      md5.update(chunk as Buffer);
      await file.writeFile(chunk as Buffer);
    }
    await file.sync();
    const { size, mtimeMs } = await file.stat();
    return { path, size, mtimeMs, md5: md5.digest('hex') };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Takes a finished file as it stands. */
export async function storedFile(path: string): Promise<StoredFile> {
  const md5 = await md5OfFile(path);
  await syncFile(path);
  const { size, mtimeMs } = await stat(path);
  return { path, size, mtimeMs, md5 };
}

export async function md5OfFile(path: string): Promise<string> {
  const md5 = createHash('md5');
  for await (const chunk of createReadStream(path)) md5.update(chunk as Buffer);
  return md5.digest('hex');
}
