import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { replaceFile, systemErrorCode } from '../durable-files.ts';

/** What is known of an object beside its bytes. */
export interface ObjectMetadata {
  readonly key: string;
  readonly etag: string;
  readonly lastModified: number;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  /** The user's own `x-amz-meta-…`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Further headers that come back with the object, such as Cache-Control and its checksums. */
  readonly headers: Readonly<Record<string, string>>;
  /** The file it was written for: metadata of another file is ignored. */
  readonly size: number;
  readonly mtimeMs: number;
}

/** Metadata of one bucket's objects, one file each, outside the bucket's folder. */
export interface MetadataStore {
  /** The metadata written for exactly this file. */
  read(key: string, file: Stats): Promise<ObjectMetadata | undefined>;
  write(metadata: ObjectMetadata): Promise<void>;
  remove(key: string): Promise<void>;
  /** Every key that has metadata, in no order. */
  keys(): AsyncIterable<string>;
}

const cachedObjects = 50_000;

export function createMetadataStore(folder: string): MetadataStore {
  const cache = new LRUCache<string, ObjectMetadata>({ max: cachedObjects });
  const pathOf = (key: string) => {
    const digest = keyDigest(key);
    return join(folder, digest.slice(0, 2), `${digest}.json`);
  };

  return {
    async read(key, file) {
      const known = cache.get(key) ?? (await readMetadata(pathOf(key)));
      if (known === undefined || known.size !== file.size || known.mtimeMs !== file.mtimeMs) return undefined;
      cache.set(key, known);
      return known;
    },
    async write(metadata) {
      cache.delete(metadata.key);
      await replaceFile(pathOf(metadata.key), JSON.stringify(metadata));
      cache.set(metadata.key, metadata);
    },
    async remove(key) {
      cache.delete(key);
      await rm(pathOf(key), { force: true });
    },
    async *keys() {
      for (const name of await readdir(folder, { recursive: true })) {
        if (!name.endsWith('.json')) continue;
        const metadata = await readMetadata(join(folder, name));
        if (metadata !== undefined) yield metadata.key;
      }
    },
  };
}

/** A file name for any key. */
export function keyDigest(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

async function readMetadata(path: string): Promise<ObjectMetadata | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ObjectMetadata;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    // Written whole or not at all; damaged metadata is made anew from the file.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
