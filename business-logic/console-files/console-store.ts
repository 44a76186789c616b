import { DeleteObjectsCommand, paginateListObjectsV2, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ConsoleStore } from './put-console.ts';

/** S3 deletes so many at once. */
const maxDeleted = 1_000;

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
    async delete(keys) {
      for (let from = 0; from < keys.length; from += maxDeleted) {
        const Objects = keys.slice(from, from + maxDeleted).map((Key) => ({ Key }));
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
        );
        const [first] = Errors;
        if (first) throw new Error(`${first.Key} cannot be deleted: ${first.Code}`);
      }
    },
  };
}
