import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { parseManifest } from './manifest.ts';
import type { FindWorkDeps } from './find-work.ts';

/** The lake's objects, as far as the look for work needs them. Pages are read one by one, as they are asked for. */
export const lakeObjects = (
  client: S3Client,
  bucket: string,
  manifestKey: string,
): Pick<FindWorkDeps, 'readManifest' | 'listKeys'> => ({
  async readManifest() {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: manifestKey }));
      return parseManifest((await Body?.transformToString()) ?? '');
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw new Error(`the manifest ${manifestKey} cannot be read`, { cause: error });
    }
  },
  async *listKeys(prefix, startAfter) {
    const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, StartAfter: startAfter });
    for await (const { Contents = [] } of pages) {
      for (const { Key } of Contents) if (Key !== undefined) yield Key;
    }
  },
});
