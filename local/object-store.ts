import { lstatSync, mkdirSync, rmSync, type Stats } from 'node:fs';
import { lstat, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { syncFolder, undefinedIfMissing } from './durable-files.ts';
import { createKeyedLock } from './keyed-lock.ts';
import { compareUtf8 } from './object-store/compare-utf8.ts';
import { inSlices, isListed, listPlainKeys, mergeKeys, type ListOptions } from './object-store/list-keys.ts';
import {
  createMetadataStore,
  keyDigest,
  type MetadataStore,
  type ObjectMetadata,
} from './object-store/object-metadata.ts';
import type { ObjectEvents, PutReason } from './object-store/object-events.ts';
import { makeFolders, moveFile, moveInto, removeEmptyFolders } from './object-store/move-into-folder.ts';
import { plainPath } from './object-store/plain-path.ts';
import { checkConditions, checkKey } from './object-store/put-checks.ts';
import { md5OfFile, storeBody, storedFile, type StoredFile } from './object-store/stored-file.ts';
import { AwsError, type Clock, type ObjectHead, type ObjectStore, type PutOptions } from './runtime.ts';

export interface ObjectStoreOptions {
  /** The data directory: buckets lie in `s3/`, what is known of their objects in `s3-meta/`. */
  readonly root: string;
  readonly clock: Clock;
  /** Is told of what is put into buckets that announce it; undefined: nobody is. */
  readonly events?: Pick<ObjectEvents, 'announce'>;
}

export interface StoredPutOptions extends PutOptions {
  /** Headers that come back with the object. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The ETag, where it is not the MD5 of the bytes (multipart uploads). */
  readonly etag?: string;
  /** What S3 would say of how it came about. Default PutObject. */
  readonly reason?: PutReason;
}

export interface StoredObjectHead extends ObjectHead {
  readonly headers: Readonly<Record<string, string>>;
}

/** An object held open: its bytes stay these, even if it is replaced meanwhile. */
export interface OpenObject {
  readonly head: StoredObjectHead;
  /** Bytes `start` to `end`, both inclusive; closes the object at the end. */
  stream(range?: { readonly start: number; readonly end: number }): Readable;
  close(): Promise<void>;
}

/** The object store as the S3 protocol needs it. */
export interface LocalObjectStore extends ObjectStore {
  /** A folder on the same disk for bodies that are still on their way. */
  readonly temporaryFolder: string;
  /** A folder for uploads in parts; outlives a restart. */
  readonly uploadsFolder: string;
  put(bucket: string, key: string, body: Buffer | Readable, options?: StoredPutOptions): Promise<StoredObjectHead>;
  /** Makes a finished, synced file the object. */
  putStored(bucket: string, key: string, file: StoredFile, options?: StoredPutOptions): Promise<StoredObjectHead>;
  head(bucket: string, key: string): Promise<StoredObjectHead | undefined>;
  open(bucket: string, key: string): Promise<OpenObject | undefined>;
  /** Keys in UTF-8 binary order, from any place on. */
  keys(bucket: string, options: ListOptions): AsyncIterable<string>;
}

interface Bucket {
  readonly folder: string;
  readonly metadata: MetadataStore;
  /** Objects whose keys cannot be file names here, by key. */
  readonly encoded: Map<string, string>;
  readonly encodedFolder: string;
  readonly encodedMetadata: MetadataStore;
}

interface Location {
  readonly path: string;
  readonly metadata: MetadataStore;
}

/** S3 on disk. Throws AwsError NoSuchBucket, NoSuchKey, PreconditionFailed as S3 does. */
export function createObjectStore({ root, clock, events }: ObjectStoreOptions): LocalObjectStore {
  const temporaryFolder = join(root, 's3-tmp');
  const buckets = new Map<string, Bucket>();
  const announcing = new Set<string>();
  const locks = createKeyedLock();
  rmSync(temporaryFolder, { recursive: true, force: true });
  mkdirSync(temporaryFolder, { recursive: true });

  function bucketNamed(name: string): Bucket {
    const bucket = buckets.get(name);
    if (bucket === undefined) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
    return bucket;
  }

  /** Where an object lies, with what the file system says of it. */
  async function find(bucket: Bucket, key: string): Promise<(Location & { readonly file: Stats }) | undefined> {
    const encoded = bucket.encoded.get(key);
    if (encoded !== undefined) {
      return { path: encoded, metadata: bucket.encodedMetadata, file: await lstat(encoded) };
    }
    const plain = plainPath(key);
    const path = plain === undefined ? undefined : join(bucket.folder, plain);
    const file = path === undefined ? undefined : await fileAt(path);
    return path === undefined || file === undefined ? undefined : { path, metadata: bucket.metadata, file };
  }

  async function commit(name: string, key: string, stored: StoredFile, options: StoredPutOptions = {}) {
    const bucket = bucketNamed(name);
    checkKey(key);
    return locks.run(`${name}/${key}`, async () => {
      const present = await find(bucket, key);
      const etag = present && (await headOf(name, key, present, present.file)).etag;
      checkConditions(options, etag);
      const metadata: ObjectMetadata = {
        key,
        etag: options.etag ?? `"${stored.md5}"`,
        lastModified: clock(),
        contentType: options.contentType,
        contentEncoding: options.contentEncoding,
        metadata: options.metadata ?? {},
        headers: options.headers ?? {},
        size: stored.size,
        mtimeMs: stored.mtimeMs,
      };
      const head = toHead(name, metadata);
      const settle = announcing.has(name) ? await events?.announce(head, options.reason ?? 'PutObject') : undefined;
      try {
        await place(bucket, key, stored.path, metadata, present);
      } catch (error) {
        settle?.(false);
        throw error;
      }
      settle?.(true);
      return head;
    });
  }

  const store: LocalObjectStore = {
    temporaryFolder,
    uploadsFolder: join(root, 's3-uploads'),

    async createBucket(name) {
      if (buckets.has(name)) return;
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes('..')) {
        throw new AwsError('InvalidBucketName', `The specified bucket is not valid: ${name}`);
      }
      buckets.set(name, await openBucket(root, name));
    },
    hasBucket: (name) => buckets.has(name),
    announcePuts: (name) => void announcing.add(name),
    buckets: () => [...buckets.keys()].toSorted(),
    bucketPath: (name) => bucketNamed(name).folder,
    readablePath: (name, key) => join(bucketNamed(name).folder, key),

    async put(name, key, body, options) {
      bucketNamed(name);
      checkKey(key);
      const stored = await storeBody(temporaryFolder, body);
      return commit(name, key, stored, options).finally(() => rm(stored.path, { force: true }));
    },
    putStored: commit,
    async putFile(name, key, path, options) {
      return commit(name, key, await storedFile(path), options);
    },

    async head(name, key) {
      const bucket = bucketNamed(name);
      const location = await find(bucket, key);
      return location && headOf(name, key, location, location.file);
    },

    async open(name, key) {
      const location = await find(bucketNamed(name), key);
      if (location === undefined) return undefined;
      const handle = await open(location.path, 'r').catch(undefinedIfMissing);
      if (handle === undefined) return undefined;
      try {
        const head = await headOf(name, key, location, await handle.stat());
        return { head, stream: (range) => handle.createReadStream(range), close: () => handle.close() };
      } catch (error) {
        await handle.close();
        throw error;
      }
    },

    async read(name, key, range) {
      const object = await store.open(name, key);
      if (object === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
      return object.stream(range);
    },

    async readAll(name, key) {
      const object = await store.open(name, key);
      return object && Buffer.concat(await object.stream().toArray());
    },

    keys(name, options) {
      const bucket = bucketNamed(name);
      const encoded = [...bucket.encoded.keys()].filter((key) => isListed(key, options)).toSorted(compareUtf8);
      return inSlices(mergeKeys(listPlainKeys(bucket.folder, options), encoded));
    },

    async *list(name, prefix, after) {
      for await (const key of store.keys(name, { prefix, after })) {
        const head = await store.head(name, key);
        if (head !== undefined) yield head;
      }
    },

    async *sizes(name, prefix) {
      const bucket = bucketNamed(name);
      for await (const key of store.keys(name, { prefix })) {
        const file = fileNow(bucket.encoded.get(key) ?? join(bucket.folder, key));
        if (file !== undefined) yield { key, size: file.size };
      }
    },

    async delete(name, key) {
      const bucket = bucketNamed(name);
      await locks.run(`${name}/${key}`, async () => {
        const location = await find(bucket, key);
        if (location === undefined) return;
        await rm(location.path, { force: true });
        bucket.encoded.delete(key);
        await syncFolder(dirname(location.path)).catch(undefinedIfMissing);
        await location.metadata.remove(key);
        if (location.metadata === bucket.metadata) await removeEmptyFolders(dirname(location.path), bucket.folder);
      });
    },
  };
  return store;
}

async function openBucket(root: string, name: string): Promise<Bucket> {
  const folder = join(root, 's3', name);
  const encodedFolder = join(root, 's3-encoded', name);
  const encodedMetadataFolder = join(root, 's3-meta', name, 'encoded');
  for (const path of [folder, encodedFolder, encodedMetadataFolder]) await mkdir(path, { recursive: true });

  const encodedMetadata = createMetadataStore(encodedMetadataFolder);
  const encoded = new Map<string, string>();
  for await (const key of encodedMetadata.keys()) {
    const path = join(encodedFolder, keyDigest(key));
    if ((await fileAt(path)) !== undefined) encoded.set(key, path);
  }
  const metadata = createMetadataStore(join(root, 's3-meta', name, 'plain'));
  return { folder, metadata, encoded, encodedFolder, encodedMetadata };
}

/**
 * Moves a file to where its key belongs. Metadata goes first and names the file it is for, so that after a crash
 * between the two steps the old object is served with an ETag of its own bytes.
 */
async function place(bucket: Bucket, key: string, from: string, metadata: ObjectMetadata, present?: Location) {
  const plain = plainPath(key);
  if (plain !== undefined && present?.metadata !== bucket.encodedMetadata) {
    const path = join(bucket.folder, plain);
    if (await makeFolders(dirname(path), bucket.folder)) {
      await bucket.metadata.write(metadata);
      if (await moveInto(from, path, bucket.folder)) return;
      await bucket.metadata.remove(key);
    }
  }
  const path = join(bucket.encodedFolder, keyDigest(key));
  await bucket.encodedMetadata.write(metadata);
  await moveFile(from, path);
  await syncFolder(bucket.encodedFolder);
  bucket.encoded.set(key, path);
}

async function headOf(name: string, key: string, location: Location, file: Stats): Promise<StoredObjectHead> {
  const known = (await location.metadata.read(key, file)) ?? (await describeForeignFile(key, location, file));
  return toHead(name, known);
}

/** A file that lies in the bucket without having been put: its ETag is computed once. */
async function describeForeignFile(key: string, { path, metadata }: Location, file: Stats): Promise<ObjectMetadata> {
  const described: ObjectMetadata = {
    key,
    etag: `"${await md5OfFile(path)}"`,
    lastModified: Math.floor(file.mtimeMs),
    metadata: {},
    headers: {},
    size: file.size,
    mtimeMs: file.mtimeMs,
  };
  await metadata.write(described);
  return described;
}

async function fileAt(path: string): Promise<Stats | undefined> {
  const file = await lstat(path).catch(undefinedIfMissing);
  return file?.isFile() === true ? file : undefined;
}

/** As fileAt, without the thread pool, which takes longer than to look. */
function fileNow(path: string): Stats | undefined {
  try {
    const file = lstatSync(path);
    return file.isFile() ? file : undefined;
  } catch (error) {
    return undefinedIfMissing(error);
  }
}

function toHead(bucket: string, stored: ObjectMetadata): StoredObjectHead {
  const { key, size, etag, lastModified, contentType, contentEncoding, metadata, headers } = stored;
  return { bucket, key, size, etag, lastModified, contentType, contentEncoding, metadata, headers };
}
