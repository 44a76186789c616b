import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { deleteObjects } from '../delete-objects.ts';

/** JSON documents in the lake, by key. */
export interface StateObjects {
  /** Undefined when there is none. */
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
  /** Keys below a prefix, in order. */
  list(prefix: string): Promise<readonly string[]>;
  delete(keys: readonly string[]): Promise<void>;
  /** Bytes of an object; undefined when there is none. */
  size(key: string): Promise<number | undefined>;
}

export function stateObjects(client: S3Client, bucket: string): StateObjects {
  return {
    async read(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return JSON.parse((await Body?.transformToString()) ?? '') as unknown;
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw new Error(`${key} cannot be read`, { cause: error });
      }
    },
    async write(key, value) {
      const Body = JSON.stringify(value);
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: 'application/json' }));
    },
    async list(prefix) {
      const keys: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
        keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
      }
      return keys;
    },
    delete: (keys) => deleteObjects(client, bucket, keys),
    // By listing: whoever may only see what is there need not be able to read it.
    async size(key) {
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }));
      const [first] = Contents ?? [];
      return first?.Key === key ? first.Size : undefined;
    },
  };
}
