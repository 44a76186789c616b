import { AwsError } from '../../runtime.ts';
import type { ListOptions } from '../../object-store/list-keys.ts';
import type { LocalObjectStore, StoredObjectHead } from '../../object-store.ts';
import type { AwsResponse } from '../protocol.ts';
import { bucketArn, isoTime, noSuchBucket, type S3Request } from './s3-request.ts';
import { element, optional, xmlResponse } from './xml.ts';

const owner = element('Owner', element('ID', 'playlake'), element('DisplayName', 'playlake'));

export async function listBuckets({ http, objects }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:ListAllMyBuckets', '*');
  const buckets = objects
    .buckets()
    .map((name) => element('Bucket', element('Name', name), element('CreationDate', isoTime(0))));
  return xmlResponse('ListAllMyBucketsResult', owner, element('Buckets', ...buckets));
}

export async function headBucket({ http, bucket, objects, region }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:ListBucket', bucketArn(bucket));
  if (!objects.hasBucket(bucket)) throw noSuchBucket();
  return { status: 200, headers: { 'x-amz-bucket-region': region } };
}

/** Buckets are the template's; a tool that makes sure of one learns that it is there. */
export async function createBucket({ http, bucket, objects }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:CreateBucket', bucketArn(bucket));
  if (objects.hasBucket(bucket)) {
    throw new AwsError('BucketAlreadyOwnedByYou', 'Your previous request to create the named bucket succeeded.', 409);
  }
  throw new AwsError('NotImplemented', 'buckets are made from the template here', 501);
}

export async function getBucketLocation({ http, bucket, objects, region }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:GetBucketLocation', bucketArn(bucket));
  if (!objects.hasBucket(bucket)) throw noSuchBucket();
  // The oldest region has no name here.
  return xmlResponse('LocationConstraint', region === 'us-east-1' ? undefined : region);
}

export async function getBucketVersioning({ http, bucket, objects }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:GetBucketVersioning', bucketArn(bucket));
  if (!objects.hasBucket(bucket)) throw noSuchBucket();
  return xmlResponse('VersioningConfiguration');
}

interface Page {
  readonly heads: readonly StoredObjectHead[];
  readonly commonPrefixes: readonly string[];
  /** From where to go on; undefined on the last page. */
  readonly next: ListPosition | undefined;
}

type ListPosition = Pick<ListOptions, 'after' | 'afterPrefix'>;

interface PageOptions {
  readonly prefix: string;
  readonly delimiter: string;
  readonly size: number;
  readonly from: ListPosition;
}

async function readPage(objects: LocalObjectStore, bucket: string, options: PageOptions): Promise<Page> {
  const { prefix, delimiter, size } = options;
  const heads: StoredObjectHead[] = [];
  const commonPrefixes: string[] = [];
  let position = options.from;
  // After each common prefix the listing begins anew behind it, so that the keys below it are never read.
  for (let goesOn = true; goesOn;) {
    goesOn = false;
    for await (const key of objects.keys(bucket, { prefix, ...position })) {
      if (heads.length + commonPrefixes.length >= size) {
        return { heads, commonPrefixes, next: size === 0 ? undefined : position };
      }
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      if (end !== -1) {
        const commonPrefix = key.slice(0, end + delimiter.length);
        commonPrefixes.push(commonPrefix);
        position = { afterPrefix: commonPrefix };
        goesOn = true;
        break;
      }
      const head = await objects.head(bucket, key);
      if (head !== undefined) heads.push(head);
      position = { after: key };
    }
  }
  return { heads, commonPrefixes, next: undefined };
}

/** ListObjectsV2, and ListObjects for older tools. */
export async function listObjects({ http, bucket, objects }: S3Request): Promise<AwsResponse> {
  const { query } = http;
  http.authorize('s3:ListBucket', bucketArn(bucket), {
    's3:prefix': query.get('prefix') ?? '',
    's3:max-keys': query.get('max-keys') ?? '1000',
    ...(query.has('delimiter') && { 's3:delimiter': query.get('delimiter') ?? '' }),
  });
  if (!objects.hasBucket(bucket)) throw noSuchBucket();
  const isV2 = query.get('list-type') === '2';
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const size = pageSize(query.get('max-keys'));
  const from = isV2 ? startV2(query) : startV1(query.get('marker'), delimiter);
  const { heads, commonPrefixes, next } = await readPage(objects, bucket, { prefix, delimiter, size, from });

  const isUrl = query.get('encoding-type') === 'url';
  const encode = (text: string) => (isUrl ? encodeURIComponent(text).replaceAll('%2F', '/') : text);
  const encoded = (name: string) => {
    const value = query.get(name);
    return value === null ? undefined : encode(value);
  };
  const showsOwner = !isV2 || query.get('fetch-owner') === 'true';
  const nextMarker = next?.afterPrefix ?? next?.after;
  return xmlResponse(
    'ListBucketResult',
    element('Name', bucket),
    element('Prefix', encode(prefix)),
    optional('Delimiter', encoded('delimiter')),
    element('MaxKeys', size),
    element('IsTruncated', next !== undefined),
    optional('EncodingType', isUrl ? 'url' : undefined),
    ...(isV2
      ? [
          element('KeyCount', heads.length + commonPrefixes.length),
          optional('StartAfter', encoded('start-after')),
          optional('ContinuationToken', query.get('continuation-token') ?? undefined),
          optional('NextContinuationToken', next && continuationToken(next)),
        ]
      : [element('Marker', encoded('marker') ?? ''), optional('NextMarker', nextMarker && encode(nextMarker))]),
    ...heads.map((head) =>
      element(
        'Contents',
        element('Key', encode(head.key)),
        element('LastModified', isoTime(head.lastModified)),
        element('ETag', head.etag),
        element('Size', head.size),
        showsOwner ? owner : undefined,
        element('StorageClass', 'STANDARD'),
      ),
    ),
    ...commonPrefixes.map((one) => element('CommonPrefixes', element('Prefix', encode(one)))),
  );
}

function pageSize(text: string | null): number {
  const size = Number(text ?? 1000);
  if (!Number.isInteger(size) || size < 0)
    throw new AwsError('InvalidArgument', 'Provided max-keys is no whole number');
  return Math.min(size, 1000);
}

function continuationToken(position: ListPosition): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function startV2(query: URLSearchParams): ListPosition {
  const token = query.get('continuation-token');
  if (token === null) return { after: query.get('start-after') ?? undefined };
  try {
    const { after, afterPrefix } = JSON.parse(Buffer.from(token, 'base64url').toString()) as Record<string, unknown>;
    if (typeof after === 'string') return { after };
    if (typeof afterPrefix === 'string') return { afterPrefix };
  } catch {
    // Said below.
  }
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect');
}

/** A marker may be a common prefix of the page before: the keys below it have been told by it. */
function startV1(marker: string | null, delimiter: string): ListPosition {
  if (marker === null || marker === '') return {};
  return delimiter !== '' && marker.endsWith(delimiter) ? { afterPrefix: marker } : { after: marker };
}
