import { paginateListObjectsV2, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { deleteObjects } from '../shared/delete-objects.ts';
import type { ConsoleStore } from './put-console.ts';

/** The console's own bucket. */
export function consoleStore(client: S3Client, bucket: string): ConsoleStore {
  return {
    async put({ key, body, contentType, cacheControl }) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          CacheControl: cacheControl,
        }),
      );
    },
    async list() {
      const found: { readonly key: string; readonly putAt: number }[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
        found.push(
          ...Contents.flatMap(({ Key, LastModified }) =>
            Key ? { key: Key, putAt: LastModified?.getTime() ?? 0 } : [],
          ),
        );
      }
      return found;
    },
    delete: (keys) => deleteObjects(client, bucket, keys),
  };
}
