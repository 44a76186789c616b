import { actorOf } from '../../policy/actor.ts';
import type { Judge } from '../../policy/actor.ts';
import type { ObjectStore } from '../../runtime.ts';
import { WarehouseError } from '../engine.ts';
import type { CopyStatement } from './parse-copy.ts';

/** As whom the warehouse takes on the roles of its namespace. */
export const REDSHIFT = { service: 'redshift-serverless.amazonaws.com' } as const;

/** A file to be loaded. */
export interface CopyFile {
  readonly bucket: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

export interface CopyFilesOptions {
  readonly objects: ObjectStore;
  readonly credentials: Judge;
}

/**
 * The files that a COPY names, by its manifest or by the beginning of their keys; each may be read by the role. Throws
 * WarehouseError.
 */
export async function listCopyFiles(
  { from, isManifest, role }: CopyStatement,
  { objects, credentials }: CopyFilesOptions,
): Promise<readonly CopyFile[]> {
  const source = addressOf(from);
  const reader = actorOf(credentials, role, REDSHIFT);
  const mayRead = (bucket: string, key: string): void => {
    const arn = `arn:aws:s3:::${bucket}/${key}`;
    demand(reader.refusal('s3:GetObject', arn));
  };
  demand(reader.refusal('s3:GetBucketLocation', `arn:aws:s3:::${source.bucket}`));
  if (!isManifest) {
    demand(reader.refusal('s3:ListBucket', `arn:aws:s3:::${source.bucket}`, { 's3:prefix': source.key }));
  }
  const files = isManifest ? await manifestFiles(source, objects, mayRead) : await filesBelow(source, objects);
  if (files.length === 0) throw new WarehouseError(`The specified S3 prefix '${source.key}' does not exist`);
  for (const { bucket, key } of files) mayRead(bucket, key);
  return files;
}

function demand(refusal: string | undefined): void {
  if (refusal === undefined) return;
  throw new WarehouseError(`S3ServiceException: ${refusal}, Status 403, Error AccessDenied`);
}

async function filesBelow({ bucket, key }: Address, objects: ObjectStore): Promise<readonly CopyFile[]> {
  if (!objects.hasBucket(bucket))
    throw new WarehouseError(`S3ServiceException: The specified bucket ${bucket} does not exist`);
  const files: CopyFile[] = [];
  for await (const head of objects.list(bucket, key)) {
    if (head.size > 0) files.push({ bucket, key: head.key, size: head.size });
  }
  return files;
}

interface Manifest {
  readonly entries?: readonly {
    readonly url?: unknown;
    readonly mandatory?: unknown;
    readonly meta?: { readonly content_length?: unknown };
  }[];
}

/** Redshift needs each file's size of a manifest of Parquet files, and every file that is mandatory. */
async function manifestFiles(
  { bucket, key }: Address,
  objects: ObjectStore,
  mayRead: (bucket: string, key: string) => void,
): Promise<readonly CopyFile[]> {
  mayRead(bucket, key);
  const body = objects.hasBucket(bucket) ? await objects.readAll(bucket, key) : undefined;
  if (!body) throw new WarehouseError(`Manifest file s3://${bucket}/${key} is not found`);
  const { entries } = parseManifest(body, `s3://${bucket}/${key}`);
  const files: CopyFile[] = [];
  for (const { url, mandatory, meta } of entries ?? []) {
    const address = addressOf(String(url));
    const length = meta?.content_length;
    if (typeof length !== 'number') {
      throw new WarehouseError(`File ${String(url)}: the manifest of columnar files must have meta.content_length`);
    }
    const head = objects.hasBucket(address.bucket) ? await objects.head(address.bucket, address.key) : undefined;
    if (head && head.size !== length) {
      throw new WarehouseError(`File ${String(url)} has ${head.size} bytes; the manifest says ${length}`);
    }
    if (head) files.push({ ...address, size: head.size });
    else if (mandatory === true)
      throw new WarehouseError(`The mandatory file ${String(url)} of the manifest does not exist`);
  }
  return files;
}

function parseManifest(body: Buffer, address: string): Manifest {
  try {
    const manifest = JSON.parse(body.toString('utf8')) as Manifest | null;
    if (Array.isArray(manifest?.entries)) return manifest;
  } catch {
    // Told below: it is no manifest either way.
  }
  throw new WarehouseError(`The manifest ${address} is not valid JSON with "entries"`);
}

interface Address {
  readonly bucket: string;
  readonly key: string;
}

function addressOf(url: string): Address {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(url) ?? [];
  if (bucket === undefined || key === undefined) throw new WarehouseError(`'${url}' is not an address of S3`);
  return { bucket, key };
}
