import { DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';

/** S3 deletes so many at once. */
const maxDeleted = 1_000;

/** Deletes objects of a bucket, however many. Throws Error naming the first that cannot be deleted. */
export async function deleteObjects(client: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  for (let from = 0; from < keys.length; from += maxDeleted) {
    const Objects = keys.slice(from, from + maxDeleted).map((Key) => ({ Key }));
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (first) throw new Error(`${first.Key} cannot be deleted: ${first.Code}`);
  }
}
