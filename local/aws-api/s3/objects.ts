import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { storeBody } from '../../object-store/stored-file.ts';
import type { OpenObject, StoredObjectHead } from '../../object-store.ts';
import { AwsError } from '../../runtime.ts';
import type { AwsResponse } from '../protocol.ts';
import { isNotModified, preconditionFailed, requestedRange } from './conditions.ts';
import { keptHeaders, putOptions } from './put-options.ts';
import { bucketArn, isoTime, noSuchKey, objectArn, splitPath, type S3Request } from './s3-request.ts';
import { openUploadBody, readSmallBody } from './upload-body.ts';
import { children, childText, element, parseXml, xmlResponse, type Markup } from './xml.ts';

/** GET and HEAD of an object, whole or in part. */
export async function getObject({ http, bucket, key, objects }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:GetObject', objectArn(bucket, key));
  const object = await objects.open(bucket, key);
  if (object === undefined) {
    // S3 says that there is no such object to those only who may list the bucket (its API reference, GetObject).
    http.authorize('s3:ListBucket', bucketArn(bucket));
    throw noSuchKey();
  }
  try {
    const response = answerRead(http, object);
    if (!(response.body instanceof Readable)) await object.close();
    return response;
  } catch (error) {
    await object.close();
    throw error;
  }
}

function answerRead(http: S3Request['http'], object: OpenObject): AwsResponse {
  const { head } = object;
  const isChecked = http.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED';
  const headers = objectHeaders(head, isChecked, http.query);
  if (isNotModified(http.headers, head)) return { status: 304, headers };

  const range = requestedRange(http.headers.range, head.size);
  const length = range === undefined ? head.size : range.end - range.start + 1;
  const answer = {
    status: range === undefined ? 200 : 206,
    headers: {
      ...withoutChecksums(headers, range !== undefined),
      'content-length': String(length),
      ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${head.size}` } : {}),
    },
  };
  if (http.method === 'HEAD' || length === 0) return answer;
  return { ...answer, body: object.stream(range) };
}

/** A checksum is that of the whole object. */
function withoutChecksums(headers: Record<string, string>, isPart: boolean): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !isPart || !name.startsWith('x-amz-checksum-'));
  return Object.fromEntries(kept);
}

function objectHeaders(head: StoredObjectHead, isChecked: boolean, query: URLSearchParams): Record<string, string> {
  const headers: Record<string, string> = {
    'accept-ranges': 'bytes',
    etag: head.etag,
    'last-modified': new Date(head.lastModified).toUTCString(),
    'content-type': head.contentType ?? 'binary/octet-stream',
  };
  if (head.contentEncoding !== undefined) headers['content-encoding'] = head.contentEncoding;
  for (const [name, value] of Object.entries(head.headers)) {
    if (isChecked || !name.startsWith('x-amz-checksum-')) headers[name] = value;
  }
  for (const [name, value] of Object.entries(head.metadata)) headers[`x-amz-meta-${name}`] = value;
  for (const name of [...keptHeaders, 'content-type', 'content-encoding']) {
    const instead = query.get(`response-${name}`);
    if (instead !== null) headers[name] = instead;
  }
  return headers;
}

export async function putObject(request: S3Request): Promise<AwsResponse> {
  const { http, bucket, key, objects } = request;
  if (http.headers['x-amz-copy-source'] !== undefined) return copyObject(request);
  http.authorize('s3:PutObject', objectArn(bucket, key));
  const body = openUploadBody(http);
  const stored = await storeBody(objects.temporaryFolder, Readable.from(body.stream));
  try {
    const options = putOptions(http.headers);
    const checksums = body.checksums();
    const headers = { ...options.headers, ...checksums };
    const head = await objects.putStored(bucket, key, stored, { ...options, headers });
    return { status: 200, headers: { etag: head.etag, ...checksums } };
  } finally {
    await rm(stored.path, { force: true });
  }
}

/** The object that `x-amz-copy-source` names, held open, its conditions judged. */
export async function openCopySource({ http, objects }: S3Request): Promise<OpenObject> {
  const [path = ''] = (http.headers['x-amz-copy-source'] ?? '').split('?');
  const source = splitPath(path.startsWith('/') ? path : `/${path.replace(/^%2f/i, '')}`);
  http.authorize('s3:GetObject', objectArn(source.bucket, source.key));
  const object = await objects.open(source.bucket, source.key);
  if (object === undefined) throw noSuchKey();
  try {
    if (isNotModified(http.headers, object.head, 'x-amz-copy-source-')) throw preconditionFailed();
    return object;
  } catch (error) {
    await object.close();
    throw error;
  }
}

async function copyObject(request: S3Request): Promise<AwsResponse> {
  const { http, bucket, key, objects } = request;
  http.authorize('s3:PutObject', objectArn(bucket, key));
  const source = await openCopySource(request);
  try {
    const replaces = http.headers['x-amz-metadata-directive'] === 'REPLACE';
    if (!replaces && source.head.bucket === bucket && source.head.key === key) {
      throw new AwsError(
        'InvalidRequest',
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    const asked = putOptions(http.headers);
    const { contentType, contentEncoding, metadata, headers } = source.head;
    const head = await objects.put(bucket, key, source.stream(), {
      ...asked,
      ...(replaces ? {} : { contentType, contentEncoding, metadata, headers }),
      reason: 'CopyObject',
    });
    return xmlResponse(
      'CopyObjectResult',
      element('LastModified', isoTime(head.lastModified)),
      element('ETag', head.etag),
    );
  } finally {
    await source.close();
  }
}

export async function deleteObject({ http, bucket, key, objects }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:DeleteObject', objectArn(bucket, key));
  await objects.delete(bucket, key);
  return { status: 204 };
}

/** Most keys in one DeleteObjects. */
const mostKeys = 1000;

export async function deleteObjects({ http, bucket, objects }: S3Request): Promise<AwsResponse> {
  const list = parseXml(await readSmallBody(http), 'Delete');
  const keys = children(list, 'Object').map((one) => childText(one, 'Key'));
  if (keys.length === 0 || keys.length > mostKeys || keys.includes(undefined)) {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  const results: Markup[] = [];
  for (const key of keys as string[]) {
    try {
      http.authorize('s3:DeleteObject', objectArn(bucket, key));
      await objects.delete(bucket, key);
      if (childText(list, 'Quiet') !== 'true') results.push(element('Deleted', element('Key', key)));
    } catch (error) {
      if (!(error instanceof AwsError) || error.code === 'NoSuchBucket') throw error;
      const { code, message } = error;
      results.push(element('Error', element('Key', key), element('Code', code), element('Message', message)));
    }
  }
  return xmlResponse('DeleteResult', ...results);
}

/** Tags are not kept here; tools ask for them before they copy. */
export async function getObjectTagging({ http, bucket, key, objects }: S3Request): Promise<AwsResponse> {
  http.authorize('s3:GetObjectTagging', objectArn(bucket, key));
  if ((await objects.head(bucket, key)) === undefined) throw noSuchKey();
  return xmlResponse('Tagging', element('TagSet'));
}
