import { AwsError } from '../../runtime.ts';
import type { LocalObjectStore } from '../../object-store.ts';
import type { AwsRequest } from '../protocol.ts';
import type { MultipartUploads } from '../../object-store/multipart-uploads.ts';

/** A call to S3 with its bucket and key taken from the path. */
export interface S3Request {
  readonly http: AwsRequest;
  /** Empty for a call that names no bucket. */
  readonly bucket: string;
  /** Empty for a call on the bucket itself. */
  readonly key: string;
  readonly objects: LocalObjectStore;
  readonly uploads: MultipartUploads;
  readonly region: string;
}

/** Splits `/bucket/some/key` and takes the percent-encoding off. */
export function splitPath(path: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? [];
  return { bucket: decode(bucket), key: decode(key) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

export function objectArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}/${key}`;
}

export function noSuchKey(): AwsError {
  return new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
}

export function noSuchBucket(): AwsError {
  return new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
}

/** A time as S3's XML has it. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
