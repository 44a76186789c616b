import { Readable } from 'node:stream';
import { AwsError } from '../../runtime.ts';
import type { AwsResponse } from '../protocol.ts';
import { createChecksum } from './checksums.ts';
import { requestedRange } from './conditions.ts';
import { openCopySource } from './objects.ts';
import { conditions, putOptions } from './put-options.ts';
import { bucketArn, isoTime, objectArn, type S3Request } from './s3-request.ts';
import { openUploadBody, readSmallBody } from './upload-body.ts';
import { children, childText, element, parseXml, xmlResponse } from './xml.ts';

export async function createMultipartUpload({ http, bucket, key, objects, uploads }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:PutObject', objectArn(bucket, key));
  objects.bucketPath(bucket);
  const upload = await uploads.create(bucket, key, putOptions(http.headers));
  const response = xmlResponse(
    'InitiateMultipartUploadResult',
    element('Bucket', bucket),
    element('Key', key),
    element('UploadId', upload.uploadId),
  );
  const algorithm = http.headers['x-amz-checksum-algorithm'];
  if (algorithm === undefined) return response;
  const type = http.headers['x-amz-checksum-type'] ?? 'COMPOSITE';
  const headers = { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type };
  return { ...response, headers: { ...response.headers, ...headers } };
}

export async function uploadPart(request: S3Request): Promise<AwsResponse> {
  const { http, bucket, key, uploads } = request;
  http.authorize('s3:PutObject', objectArn(bucket, key));
  const upload = await uploads.find(bucket, key, http.query.get('uploadId') ?? '');
  const number = partNumber(http.query);
  if (http.headers['x-amz-copy-source'] === undefined) {
    const body = openUploadBody(http);
    const part = await uploads.putPart(upload, number, Readable.from(body.stream));
    return { status: 200, headers: { etag: `"${part.md5}"`, ...body.checksums() } };
  }

  const source = await openCopySource(request);
  try {
    const range = requestedRange(http.headers['x-amz-copy-source-range'], source.head.size);
    const part = await uploads.putPart(upload, number, source.stream(range));
    return xmlResponse(
      'CopyPartResult',
      element('LastModified', isoTime(part.lastModified)),
      element('ETag', `"${part.md5}"`),
    );
  } finally {
    await source.close();
  }
}

function partNumber(query: URLSearchParams): number {
  const number = Number(query.get('partNumber'));
  if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number;
  throw new AwsError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
}

export async function completeMultipartUpload({ http, bucket, key, uploads }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:PutObject', objectArn(bucket, key));
  const upload = await uploads.find(bucket, key, http.query.get('uploadId') ?? '');
  // The checksum headers of this call are of the object, not of this body.
  const list = parseXml(
    await readSmallBody({ ...http, headers: withoutChecksums(http.headers) }),
    'CompleteMultipartUpload',
  );
  const parts = children(list, 'Part').map((part) => ({
    number: Number(childText(part, 'PartNumber')),
    etag: childText(part, 'ETag') ?? '',
  }));
  const check = (bytes: AsyncIterable<Buffer>) => checkWhole(bytes, http.headers);
  const head = await uploads.complete(upload, { parts, conditions: conditions(http.headers), check });
  return xmlResponse(
    'CompleteMultipartUploadResult',
    element('Location', `/${bucket}/${key}`),
    element('Bucket', bucket),
    element('Key', key),
    element('ETag', head.etag),
  );
}

const wholeChecksum = /^x-amz-checksum-(crc32|crc32c|crc64nvme)$/;

function withoutChecksums(headers: S3Request['http']['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-checksum-')));
}

/** Verifies the checksum of the whole object; one of its parts' checksums (`…-3`) was verified part by part. */
async function* checkWhole(bytes: AsyncIterable<Buffer>, headers: S3Request['http']['headers']) {
  const sums = Object.entries(headers).flatMap(([name, value]) => {
    const checksum = createChecksum(wholeChecksum.exec(name)?.[1] ?? '');
    return checksum === undefined || value.includes('-') ? [] : [{ value, checksum }];
  });
  for await (const chunk of bytes) {
    for (const { checksum } of sums) checksum.update(chunk);
    yield chunk;
  }
  if (sums.some(({ value, checksum }) => checksum.digest() !== value)) {
    throw new AwsError('BadDigest', 'The checksum you specified did not match the calculated checksum.');
  }
}

export async function abortMultipartUpload({ http, bucket, key, uploads }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:AbortMultipartUpload', objectArn(bucket, key));
  await uploads.abort(await uploads.find(bucket, key, http.query.get('uploadId') ?? ''));
  return { status: 204 };
}

export async function listParts({ http, bucket, key, uploads }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:ListMultipartUploadParts', objectArn(bucket, key));
  const uploadId = http.query.get('uploadId') ?? '';
  const after = Number(http.query.get('part-number-marker') ?? 0);
  const most = Math.min(Number(http.query.get('max-parts') ?? 1000), 1000);
  const all = await uploads.parts(await uploads.find(bucket, key, uploadId));
  const rest = all.filter(({ number }) => number > after);
  const page = rest.slice(0, most);
  return xmlResponse(
    'ListPartsResult',
    element('Bucket', bucket),
    element('Key', key),
    element('UploadId', uploadId),
    element('StorageClass', 'STANDARD'),
    element('PartNumberMarker', after),
    element('NextPartNumberMarker', page.at(-1)?.number ?? 0),
    element('MaxParts', most),
    element('IsTruncated', rest.length > most),
    ...page.map((part) =>
      element(
        'Part',
        element('PartNumber', part.number),
        element('LastModified', isoTime(part.lastModified)),
        element('ETag', `"${part.md5}"`),
        element('Size', part.size),
      ),
    ),
  );
}

export async function listMultipartUploads({ http, bucket, objects, uploads }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:ListBucketMultipartUploads', bucketArn(bucket));
  objects.bucketPath(bucket);
  const prefix = http.query.get('prefix') ?? '';
  const found = (await uploads.list(bucket)).filter(({ key }) => key.startsWith(prefix));
  return xmlResponse(
    'ListMultipartUploadsResult',
    element('Bucket', bucket),
    element('Prefix', prefix),
    element('MaxUploads', 1000),
    element('IsTruncated', false),
    ...found.map((upload) =>
      element(
        'Upload',
        element('Key', upload.key),
        element('UploadId', upload.uploadId),
        element('StorageClass', 'STANDARD'),
        element('Initiated', isoTime(upload.initiated)),
      ),
    ),
  );
}
