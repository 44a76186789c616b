import { AwsError } from '../../runtime.ts';
import type { AwsRequest } from '../protocol.ts';
import { createChecksum, type Checksum } from './checksums.ts';
import { unchunk } from './chunked-body.ts';

const checksumHeader = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/;

/** The body of an upload without its framing. Reading it to the end verifies every checksum that came with it. */
export interface UploadBody {
  readonly stream: AsyncGenerator<Buffer, void, undefined>;
  /** The verified checksum as a header, for the answer and for later readers; known once the stream has ended. */
  checksums(): Readonly<Record<string, string>>;
}

/** Throws at the stream's end: BadDigest, InvalidDigest, IncompleteBody. */
export function openUploadBody({ headers, stream }: AwsRequest): UploadBody {
  const trailers = new Map<string, string>();
  const expected = expectedChecksums(headers);
  const sums = new Map<string, Checksum>();
  for (const name of [...expected.keys(), ...announcedTrailers(headers)]) {
    const checksum = createChecksum(checksumHeader.exec(name)?.[1] ?? (name === 'content-md5' ? 'md5' : ''));
    if (checksum !== undefined) sums.set(name, checksum);
  }
  const isChunked = isAwsChunked(headers);
  const declaredLength = headers[isChunked ? 'x-amz-decoded-content-length' : 'content-length'];
  const verified: Record<string, string> = {};

  async function* read(): AsyncGenerator<Buffer, void, undefined> {
    const raw = stream as AsyncIterable<Buffer>;
    let length = 0;
    for await (const chunk of isChunked ? unchunk(raw, trailers) : raw) {
      length += chunk.length;
      for (const sum of sums.values()) sum.update(chunk);
      yield chunk;
    }
    if (declaredLength !== undefined && Number(declaredLength) !== length) {
      throw new AwsError('IncompleteBody', 'The body has not the length that its headers declare.');
    }
    for (const [name, sum] of sums) {
      const value = expected.get(name) ?? trailers.get(name);
      const digest = sum.digest();
      if (value === undefined) throw new AwsError('MalformedTrailerError', `The trailer ${name} is missing.`);
      if (value !== digest) throw badDigest(name);
      if (name !== 'content-md5') Object.assign(verified, { [name]: digest, 'x-amz-checksum-type': 'FULL_OBJECT' });
    }
  }
  return { stream: read(), checksums: () => verified };
}

/** Encodings of the object itself, without the framing. */
export function contentEncoding(headers: AwsRequest['headers']): string | undefined {
  const encodings = (headers['content-encoding'] ?? '').split(',').map((one) => one.trim());
  return encodings.filter((one) => one !== '' && one !== 'aws-chunked').join(',') || undefined;
}

/** Reads a small body, such as the list of DeleteObjects, whole. */
export async function readSmallBody(request: AwsRequest, limitBytes = 4 << 20): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of openUploadBody(request).stream) {
    length += chunk.length;
    if (length > limitBytes) throw new AwsError('MaxMessageLengthExceeded', 'Your request was too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function isAwsChunked(headers: AwsRequest['headers']): boolean {
  return (
    headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true ||
    (headers['content-encoding'] ?? '').split(',').some((one) => one.trim() === 'aws-chunked')
  );
}

function expectedChecksums(headers: AwsRequest['headers']): Map<string, string> {
  const expected = new Map(Object.entries(headers).filter(([name]) => checksumHeader.test(name)));
  const md5 = headers['content-md5'];
  if (md5 !== undefined) {
    if (!/^[A-Za-z0-9+/]{22}==$/.test(md5))
      throw new AwsError('InvalidDigest', 'The Content-MD5 you specified is not valid.');
    expected.set('content-md5', md5);
  }
  return expected;
}

function announcedTrailers(headers: AwsRequest['headers']): string[] {
  const names = (headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => checksumHeader.test(name));
}

function badDigest(name: string): AwsError {
  const algorithm = checksumHeader.exec(name)?.[1]?.toUpperCase() ?? 'Content-MD5';
  return new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
}
