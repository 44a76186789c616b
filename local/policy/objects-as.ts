import type { ObjectStore } from '../runtime.ts';
import type { Actor } from './actor.ts';

/** The lake as an actor may use it: what its role's policies, or the bucket's, do not allow fails. */
export function objectsAs(objects: ObjectStore, actor: Actor): ObjectStore {
  /** S3 says that there is no such object to those only who may list the bucket (its API reference, GetObject). */
  function orMissing<T>(bucket: string, found: T | undefined): T | undefined {
    if (found === undefined) actor.authorize('s3:ListBucket', bucketArn(bucket));
    return found;
  }

  return {
    ...objects,
    async put(bucket, key, ...rest) {
      actor.authorize('s3:PutObject', objectArn(bucket, key));
      return objects.put(bucket, key, ...rest);
    },
    async putFile(bucket, key, ...rest) {
      actor.authorize('s3:PutObject', objectArn(bucket, key));
      return objects.putFile(bucket, key, ...rest);
    },
    async head(bucket, key) {
      actor.authorize('s3:GetObject', objectArn(bucket, key));
      return orMissing(bucket, await objects.head(bucket, key));
    },
    async read(bucket, key, range) {
      actor.authorize('s3:GetObject', objectArn(bucket, key));
      return objects.read(bucket, key, range);
    },
    async readAll(bucket, key) {
      actor.authorize('s3:GetObject', objectArn(bucket, key));
      return orMissing(bucket, await objects.readAll(bucket, key));
    },
    readablePath(bucket, key) {
      actor.authorize('s3:GetObject', objectArn(bucket, key));
      return objects.readablePath(bucket, key);
    },
    async *list(bucket, prefix, after) {
      actor.authorize('s3:ListBucket', bucketArn(bucket), { 's3:prefix': prefix });
      yield* objects.list(bucket, prefix, after);
    },
    async delete(bucket, key) {
      actor.authorize('s3:DeleteObject', objectArn(bucket, key));
      return objects.delete(bucket, key);
    },
  };
}

const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;

const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;
