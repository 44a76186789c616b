import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { replaceFile, syncFolder, systemErrorCode } from '../durable-files.ts';
import type { LocalObjectStore, StoredObjectHead, StoredPutOptions } from '../object-store.ts';
import { AwsError, type Clock } from '../runtime.ts';
import { storeBody } from './stored-file.ts';

/** An upload in parts, as it was begun. */
export interface MultipartUpload {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: number;
  readonly options: StoredPutOptions;
}

export interface UploadedPart {
  readonly number: number;
  /** Hexadecimal. */
  readonly md5: string;
  readonly size: number;
  readonly lastModified: number;
  readonly file: string;
}

export interface CompletionPart {
  readonly number: number;
  readonly etag: string;
}

export interface Completion {
  readonly parts: readonly CompletionPart[];
  readonly conditions: Pick<StoredPutOptions, 'ifMatch' | 'ifNoneMatch'>;
  /** Sees the whole object's bytes before it is put; what it throws cancels the completion. */
  readonly check?: (bytes: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;
}

/** Uploads in parts; they lie on disk until they are completed or aborted. */
export interface MultipartUploads {
  create(bucket: string, key: string, options: StoredPutOptions): Promise<MultipartUpload>;
  /** Throws NoSuchUpload. */
  find(bucket: string, key: string, uploadId: string): Promise<MultipartUpload>;
  list(bucket: string): Promise<readonly MultipartUpload[]>;
  putPart(upload: MultipartUpload, number: number, body: Readable): Promise<UploadedPart>;
  /** In the order of their numbers. */
  parts(upload: MultipartUpload): Promise<readonly UploadedPart[]>;
  complete(upload: MultipartUpload, completion: Completion): Promise<StoredObjectHead>;
  abort(upload: MultipartUpload): Promise<void>;
}

/** Every part but the last has at least 5 MiB (Amazon S3, "Multipart upload limits"). */
const smallestPart = 5 << 20;

export function createMultipartUploads(objects: LocalObjectStore, clock: Clock): MultipartUploads {
  const folderOf = (uploadId: string) => join(objects.uploadsFolder, uploadId);

  async function read(uploadId: string): Promise<MultipartUpload | undefined> {
    if (!/^[0-9a-f-]{36}$/.test(uploadId)) return undefined;
    return readJson<MultipartUpload>(join(folderOf(uploadId), 'upload.json'));
  }

  const uploads: MultipartUploads = {
    async create(bucket, key, options) {
      const upload = { uploadId: randomUUID(), bucket, key, initiated: clock(), options };
      await replaceFile(join(folderOf(upload.uploadId), 'upload.json'), JSON.stringify(upload));
      return upload;
    },

    async find(bucket, key, uploadId) {
      const upload = await read(uploadId);
      if (upload?.bucket === bucket && upload.key === key) return upload;
      throw new AwsError(
        'NoSuchUpload',
        'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
        404,
      );
    },

    async list(bucket) {
      await mkdir(objects.uploadsFolder, { recursive: true });
      const found = await Promise.all((await readdir(objects.uploadsFolder)).map(read));
      return found.filter((upload) => upload?.bucket === bucket) as MultipartUpload[];
    },

    async putPart({ uploadId }, number, body) {
      const stored = await storeBody(objects.temporaryFolder, body);
      const file = `${number}-${randomUUID()}.part`;
      const folder = folderOf(uploadId);
      try {
        await rename(stored.path, join(folder, file));
      } catch (error) {
        await rm(stored.path, { force: true });
        throw error;
      }
      const description = join(folder, `${number}.json`);
      const before = await readJson<UploadedPart>(description);
      const part = { number, md5: stored.md5, size: stored.size, lastModified: clock(), file };
      await replaceFile(description, JSON.stringify(part));
      if (before !== undefined) await rm(join(folder, before.file), { force: true });
      return part;
    },

    async parts({ uploadId }) {
      const names = (await readdir(folderOf(uploadId))).filter((name) => /^\d+\.json$/.test(name));
      const found = await Promise.all(names.map((name) => readJson<UploadedPart>(join(folderOf(uploadId), name))));
      return found.filter((part) => part !== undefined).toSorted((a, b) => a.number - b.number);
    },

    async complete(upload, { parts: wanted, conditions, check = (bytes) => bytes }) {
      const chosen = chooseParts(await uploads.parts(upload), wanted);
      const folder = folderOf(upload.uploadId);
      async function* bytes(): AsyncGenerator<Buffer, void, undefined> {
        for (const { file } of chosen) yield* createReadStream(join(folder, file)) as AsyncIterable<Buffer>;
      }
      const stored = await storeBody(objects.temporaryFolder, Readable.from(check(bytes())));
      const digests = Buffer.concat(chosen.map(({ md5 }) => Buffer.from(md5, 'hex')));
      const etag = `"${createHash('md5').update(digests).digest('hex')}-${chosen.length}"`;
      const options = { ...upload.options, ...conditions, etag, reason: 'CompleteMultipartUpload' as const };
      try {
        const head = await objects.putStored(upload.bucket, upload.key, stored, options);
        await uploads.abort(upload);
        return head;
      } finally {
        await rm(stored.path, { force: true });
      }
    },

    async abort({ uploadId }) {
      const folder = folderOf(uploadId);
      // First what makes it an upload, so that one half deleted is none.
      await rm(join(folder, 'upload.json'), { force: true });
      await rm(folder, { recursive: true, force: true });
      await syncFolder(objects.uploadsFolder);
    },
  };
  return uploads;
}

function chooseParts(present: readonly UploadedPart[], wanted: readonly CompletionPart[]): UploadedPart[] {
  if (wanted.length === 0) throw new AwsError('MalformedXML', 'You must specify at least one part');
  if (wanted.some(({ number }, i) => i > 0 && number <= wanted[i - 1]!.number)) {
    throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  const byNumber = new Map(present.map((part) => [part.number, part]));
  return wanted.map(({ number, etag }, i) => {
    const part = byNumber.get(number);
    if (part === undefined || part.md5 !== etag.replaceAll('"', '')) {
      throw new AwsError('InvalidPart', 'One or more of the specified parts could not be found.');
    }
    if (part.size < smallestPart && i < wanted.length - 1) {
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    }
    return part;
  });
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
