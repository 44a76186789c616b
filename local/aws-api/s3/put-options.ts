import type { StoredPutOptions } from '../../object-store.ts';
import type { AwsRequest } from '../protocol.ts';
import { contentEncoding } from './upload-body.ts';

/** Headers that S3 keeps with an object and gives back. */
export const keptHeaders = ['cache-control', 'content-disposition', 'content-language', 'expires'] as const;

const userPrefix = 'x-amz-meta-';

/** What the headers of an upload say of the object. */
export function putOptions(headers: AwsRequest['headers']): StoredPutOptions {
  return {
    contentType: headers['content-type'] ?? 'binary/octet-stream',
    contentEncoding: contentEncoding(headers),
    metadata: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        name.startsWith(userPrefix) ? [[name.slice(userPrefix.length), value]] : [],
      ),
    ),
    headers: Object.fromEntries(
      keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
    ),
    ...conditions(headers),
  };
}

export function conditions(headers: AwsRequest['headers']): Pick<StoredPutOptions, 'ifMatch' | 'ifNoneMatch'> {
  return { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] };
}
