import type { ObjectStore } from '../runtime.ts';
import type { Actor } from './actor.ts';

/** The lake as an actor may use it: what its role's policies, or the bucket's, do not allow fails. */
export function objectsAs(objects: ObjectStore, actor: Actor): ObjectStore {
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
      return objects.head(bucket, key);
    },
    async read(bucket, key, range) {
      actor.authorize('s3:GetObject', objectArn(bucket, key));
      return objects.read(bucket, key, range);
    },
    async readAll(bucket, key) {
      actor.authorize('s3:GetObject', objectArn(bucket, key));
      return objects.readAll(bucket, key);
    },
    readablePath(bucket, key) {
      actor.authorize('s3:GetObject', objectArn(bucket, key));
      return objects.readablePath(bucket, key);
    },
    async *list(bucket, prefix, after) {
      actor.authorize('s3:ListBucket', `arn:aws:s3:::${bucket}`, { 's3:prefix': prefix });
      yield* objects.list(bucket, prefix, after);
    },
    async delete(bucket, key) {
      actor.authorize('s3:DeleteObject', objectArn(bucket, key));
      return objects.delete(bucket, key);
    },
  };
}

const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;
