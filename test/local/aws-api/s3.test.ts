import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
  type ChecksumAlgorithm,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AwsProtocol } from '../../../local/aws-api/protocol.ts';
import { createChecksum } from '../../../local/aws-api/s3/checksums.ts';
import { s3Protocol } from '../../../local/aws-api/s3.ts';
import { createObjectStore, type LocalObjectStore } from '../../../local/object-store.ts';
import { aDataDir } from '../../support/a-data-dir.ts';
import { anAwsEndpoint, type AwsEndpoint } from '../../support/an-aws-endpoint.ts';

const root = aDataDir();
let objects: LocalObjectStore;
let protocol: AwsProtocol;
let endpoint: AwsEndpoint;
let client: S3Client;
let Bucket = '';
let number = 0;

beforeAll(async () => {
  objects = createObjectStore({ root, clock: Date.now });
  protocol = s3Protocol(objects, { region: 'eu-central-1', clock: Date.now });
  endpoint = await anAwsEndpoint(protocol);
  client = new S3Client(endpoint.clientConfig);
});
beforeEach(async () => {
  Bucket = `lake-${number++}`;
  await objects.createBucket(Bucket);
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

const put = (Key: string, Body: string | Buffer, more: Partial<PutObjectCommandInput> = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Key: string, more = {}) => {
  const answer = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from(await answer.Body!.transformToByteArray());
};
const status = (code: number) => ({ $metadata: expect.objectContaining({ httpStatusCode: code }) as unknown });
const md5 = (body: Buffer | string) => createHash('md5').update(body).digest('hex');
const temporaryFiles = () => readdirSync(objects.temporaryFolder);

/** Calls the handler itself, for bodies that no SDK would send. */
async function putRaw(body: Buffer | string, headers: Record<string, string>) {
  const bytes = Buffer.from(body);
  return protocol.handle({
    method: 'PUT',
    path: `/${Bucket}/raw`,
    query: new URLSearchParams(),
    headers: { 'content-length': String(bytes.length), ...headers },
    body: Buffer.alloc(0),
    stream: Readable.from([bytes.subarray(0, 10), bytes.subarray(10)]),
    principal: { kind: 'admin', arn: 'arn' },
    requestId: 'id',
    authorize: () => undefined,
  });
}

const begin = async (Key: string) =>
  (
    await client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'text/parts', Metadata: { game: 'one' } }),
    )
  ).UploadId!;

describe('S3', () => {
  it('keeps an object with its headers and metadata', async () => {
    const { ETag } = await put('folder/ä b+c.txt', 'hello', {
      ContentType: 'text/plain',
      ContentEncoding: 'identity',
      CacheControl: 'no-cache',
      Metadata: { game: 'one' },
    });
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'folder/ä b+c.txt', ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({
      ETag,
      ContentLength: 5,
      ContentType: 'text/plain',
      ContentEncoding: 'identity',
      CacheControl: 'no-cache',
      Metadata: { game: 'one' },
      ChecksumCRC32: 'NhCmhg==',
    });
    expect(ETag).toBe(`"${md5('hello')}"`);
    expect((await get('folder/ä b+c.txt')).toString()).toBe('hello');
  });

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as ChecksumAlgorithm[])(
    'takes an upload in chunks with a trailing %s checksum',
    async (ChecksumAlgorithm) => {
      const body = randomBytes(300_000);
      const chunks = Readable.from([body.subarray(0, 100_000), body.subarray(100_000)]);
      await client.send(
        new PutObjectCommand({ Bucket, Key: 'a', Body: chunks, ContentLength: body.length, ChecksumAlgorithm }),
      );
      expect((await get('a')).equals(body)).toBe(true);
      const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'a' }));
      expect([head.ContentEncoding, head.ContentLength]).toEqual([undefined, body.length]);
    },
  );

  it.each([
    ['crc32', 'y/Q5Jg=='],
    ['crc32c', '4waSgw=='],
    ['crc64nvme', 'rosUhgp5mIg='],
    ['sha1', createHash('sha1').update('123456789').digest('base64')],
  ])('computes %s', (algorithm, expected) => {
    const checksum = createChecksum(algorithm)!;
    checksum.update(Buffer.from('1234'));
    checksum.update(Buffer.from('56789'));
    expect(checksum.digest()).toBe(expected);
  });

  describe('refuses and keeps nothing of', () => {
    const sha = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
    const unsigned = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';
    it.each([
      ['a wrong checksum', 'hello', { 'x-amz-checksum-crc32': 'AAAAAA==' }, 'BadDigest'],
      ['a wrong MD5', 'hello', { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }, 'BadDigest'],
      ['an ill-formed MD5', 'hello', { 'content-md5': 'AAAA' }, 'InvalidDigest'],
      ['a short body', 'hello', { 'content-length': '6' }, 'IncompleteBody'],
      [
        'a wrong trailing checksum',
        '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n',
        { 'x-amz-content-sha256': unsigned, 'x-amz-trailer': 'x-amz-checksum-crc32' },
        'BadDigest',
      ],
      [
        'a missing trailer',
        '5\r\nhello\r\n0\r\n\r\n',
        { 'x-amz-content-sha256': unsigned, 'x-amz-trailer': 'x-amz-checksum-crc32' },
        'MalformedTrailerError',
      ],
      ['a body cut off within a chunk', '5\r\nhel', { 'x-amz-content-sha256': unsigned }, 'IncompleteBody'],
      ['a body without its last chunk', '5\r\nhello\r\n', { 'x-amz-content-sha256': unsigned }, 'IncompleteBody'],
      [
        'chunks of another length than declared',
        '5\r\nhello\r\n0\r\n\r\n',
        { 'x-amz-content-sha256': sha, 'x-amz-decoded-content-length': '4' },
        'IncompleteBody',
      ],
      ['no chunks where chunks are declared', 'hello world', { 'content-encoding': 'aws-chunked' }, 'IncompleteBody'],
      ['a wrong chunk size', 'xyz\r\nhello\r\n0\r\n\r\n', { 'content-encoding': 'aws-chunked' }, 'InvalidRequest'],
    ] as [string, string, Record<string, string>, string][])('%s', async (_, body, headers, code) => {
      await expect(putRaw(body, headers)).rejects.toMatchObject({ code });
      expect(await objects.head(Bucket, 'raw')).toBeUndefined();
      expect(temporaryFiles()).toEqual([]);
    });
  });

  it('takes signed chunks, and content encodings beside aws-chunked', async () => {
    const signature = `;chunk-signature=${'0'.repeat(64)}`;
    const body = `5${signature}\r\nhello\r\n6${signature}\r\n world\r\n0${signature}\r\nx-amz-checksum-crc32:DUoRhQ==\r\nx-amz-trailer-signature:0\r\n\r\n`;
    await putRaw(body, {
      'content-encoding': 'aws-chunked,gzip',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '11',
      'x-amz-trailer': 'x-amz-checksum-crc32',
    });
    expect((await objects.readAll(Bucket, 'raw'))?.toString()).toBe('hello world');
    expect(await objects.head(Bucket, 'raw')).toMatchObject({ contentEncoding: 'gzip' });
  });

  it.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=5-100', '56789', 'bytes 5-9/10'],
    ['bytes=4-2', '0123456789', undefined],
    ['items=1-2', '0123456789', undefined],
  ])('answers range %s', async (Range, expected, ContentRange) => {
    await put('a', '0123456789');
    const answer = await client.send(new GetObjectCommand({ Bucket, Key: 'a', Range }));
    expect(await answer.Body!.transformToString()).toBe(expected);
    expect([answer.ContentRange, answer.ContentLength]).toEqual([ContentRange, expected.length]);
    expect(answer).toMatchObject(status(ContentRange ? 206 : 200));
  });

  it('refuses a range beyond the end, and reads an empty object', async () => {
    await put('a', '0123456789');
    await put('empty', '');
    await expect(get('a', { Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange', ...status(416) });
    expect(await get('empty')).toHaveLength(0);
    await expect(get('empty', { Range: 'bytes=0-' })).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  it('reads on conditions', async () => {
    const { ETag } = await put('a', 'x');
    const later = new Date(Date.now() + 60_000);
    const earlier = new Date(Date.now() - 60_000);
    for (const fine of [
      { IfMatch: ETag },
      { IfMatch: '*' },
      { IfNoneMatch: '"other"' },
      { IfUnmodifiedSince: later },
      { IfModifiedSince: earlier },
    ]) {
      expect((await get('a', fine)).toString()).toBe('x');
    }
    for (const failing of [{ IfMatch: '"other"' }, { IfUnmodifiedSince: earlier }]) {
      await expect(get('a', failing)).rejects.toMatchObject(status(412));
    }
    for (const unchanged of [{ IfNoneMatch: ETag }, { IfModifiedSince: later }]) {
      await expect(get('a', unchanged)).rejects.toMatchObject(status(304));
    }
  });

  it('puts on conditions', async () => {
    const { ETag } = await put('a', '1', { IfNoneMatch: '*' });
    await expect(put('a', '2', { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
      ...status(412),
    });
    await expect(put('a', '2', { IfMatch: '"other"' })).rejects.toMatchObject(status(412));
    await expect(put('b', '2', { IfMatch: ETag })).rejects.toMatchObject({ name: 'NoSuchKey', ...status(404) });
    await put('a', '2', { IfMatch: ETag });
    expect((await get('a')).toString()).toBe('2');
  });

  it('says what is not there', async () => {
    await expect(get('none')).rejects.toMatchObject({ name: 'NoSuchKey', ...status(404) });
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'none' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    await expect(client.send(new HeadBucketCommand({ Bucket: 'none' }))).rejects.toMatchObject({ name: 'NotFound' });
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'none' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await expect(client.send(new PutObjectCommand({ Bucket: 'none', Key: 'a', Body: 'x' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'none' }));
  });

  it('knows its buckets', async () => {
    await client.send(new HeadBucketCommand({ Bucket }));
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toContain(Bucket);
    expect((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe('eu-central-1');
  });

  it('copies with the metadata or with new one', async () => {
    await put('a b+ü', 'x', { ContentType: 'text/a', Metadata: { game: 'one' } });
    const CopySource = `${Bucket}/${encodeURIComponent('a b+ü')}`;
    await client.send(new CopyObjectCommand({ Bucket, Key: 'same', CopySource }));
    await client.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'new',
        CopySource: `/${CopySource}`,
        MetadataDirective: 'REPLACE',
        ContentType: 'text/b',
      }),
    );
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'same' }))).toMatchObject({
      ContentType: 'text/a',
      Metadata: { game: 'one' },
    });
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'new' }))).toMatchObject({
      ContentType: 'text/b',
      Metadata: {},
    });
    expect((await get('new')).toString()).toBe('x');
    await expect(client.send(new CopyObjectCommand({ Bucket, Key: 'a b+ü', CopySource }))).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
    await expect(
      client.send(new CopyObjectCommand({ Bucket, Key: 'c', CopySource, CopySourceIfMatch: '"other"' })),
    ).rejects.toMatchObject(status(412));
    await expect(
      client.send(new CopyObjectCommand({ Bucket, Key: 'c', CopySource: `${Bucket}/none` })),
    ).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('deletes many at once, whatever their names', async () => {
    const keys = ['a', 'b&<>"\'', 'c\td', ' spaces ', 'ü/\u{1f600}', 'kept'];
    for (const key of keys) await put(key, 'x');
    const { Deleted } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [...keys.slice(0, 5), 'none'].map((Key) => ({ Key })) } }),
    );
    expect(Deleted?.map(({ Key }) => Key)).toEqual([...keys.slice(0, 5), 'none']);
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['kept']);
  });

  describe('lists', () => {
    const keys = ['a/1', 'a/2/x', 'a/2/y', 'a/3', 'b', 'c/1', 'c=1/ü +', 'd'];
    beforeEach(async () => {
      for (const key of keys) await objects.put(Bucket, key, Buffer.from(key));
    });

    it.each([1, 2, 3, 100])('all keys in pages of %i', async (MaxKeys) => {
      const found: unknown[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket, MaxKeys, ContinuationToken, EncodingType: 'url' }),
        );
        expect(page.KeyCount).toBe(page.Contents?.length);
        found.push(...(page.Contents ?? []).map(({ Key, Size }) => [decodeURIComponent(Key!), Size]));
        ContinuationToken = page.NextContinuationToken;
        expect(page.IsTruncated).toBe(ContinuationToken !== undefined);
      } while (ContinuationToken !== undefined);
      expect(found).toEqual(keys.map((key) => [key, Buffer.byteLength(key)]));
    });

    it.each([1, 2, 100])('folders in pages of %i, by either version', async (MaxKeys) => {
      const found: unknown[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket, MaxKeys, Delimiter: '/', ContinuationToken }),
        );
        found.push(
          ...(page.Contents ?? []).map(({ Key }) => Key),
          ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
        );
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      expect(found.toSorted()).toEqual(['a/', 'b', 'c/', 'c=1/', 'd']);

      const older: unknown[] = [];
      let Marker: string | undefined;
      do {
        const page = await client.send(new ListObjectsCommand({ Bucket, MaxKeys, Delimiter: '/', Marker }));
        older.push(
          ...(page.Contents ?? []).map(({ Key }) => Key),
          ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
        );
        Marker = page.NextMarker;
      } while (Marker !== undefined);
      expect(older.toSorted()).toEqual(found.toSorted());
    });

    it('below a prefix and after a key', async () => {
      const under = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/', Delimiter: '/' }));
      expect(under.Contents?.map(({ Key }) => Key)).toEqual(['a/1', 'a/3']);
      expect(under.CommonPrefixes).toEqual([{ Prefix: 'a/2/' }]);
      const after = await client.send(new ListObjectsV2Command({ Bucket, StartAfter: 'c/1' }));
      expect(after.Contents?.map(({ Key }) => Key)).toEqual(['c=1/ü +', 'd']);
      const none = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }));
      expect(none).toMatchObject({ IsTruncated: false, KeyCount: 0 });
      await expect(
        client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: 'no token' })),
      ).rejects.toMatchObject({ name: 'InvalidArgument' });
    });
  });

  describe('uploads in parts', () => {
    const part = 5 << 20;

    it('joins them in their order and knows them by a common ETag', async () => {
      const [first, last] = [randomBytes(part), randomBytes(1000)];
      const UploadId = await begin('big');
      const second = await client.send(
        new UploadPartCommand({ Bucket, Key: 'big', UploadId, PartNumber: 20, Body: last }),
      );
      await client.send(new UploadPartCommand({ Bucket, Key: 'big', UploadId, PartNumber: 3, Body: 'replaced below' }));
      const again = await client.send(
        new UploadPartCommand({ Bucket, Key: 'big', UploadId, PartNumber: 3, Body: first }),
      );
      const { Parts } = await client.send(new ListPartsCommand({ Bucket, Key: 'big', UploadId }));
      expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
        [3, part],
        [20, 1000],
      ]);
      const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      expect(Uploads?.map(({ UploadId }) => UploadId)).toEqual([UploadId]);

      const complete = (Parts: { PartNumber: number; ETag?: string }[], more = {}) =>
        client.send(
          new CompleteMultipartUploadCommand({ Bucket, Key: 'big', UploadId, MultipartUpload: { Parts }, ...more }),
        );
      const parts = [
        { PartNumber: 3, ETag: again.ETag },
        { PartNumber: 20, ETag: second.ETag },
      ];
      await expect(complete(parts.toReversed())).rejects.toMatchObject({ name: 'InvalidPartOrder' });
      await expect(complete([{ PartNumber: 3, ETag: '"other"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
      await expect(complete(parts, { ChecksumCRC32: 'AAAAAA==' })).rejects.toMatchObject({ name: 'BadDigest' });
      const { ETag } = await complete(parts);

      const digests = Buffer.concat([first, last].map((body) => createHash('md5').update(body).digest()));
      expect(ETag).toBe(`"${md5(digests)}-2"`);
      expect((await get('big')).equals(Buffer.concat([first, last]))).toBe(true);
      expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'big' }))).toMatchObject({
        ETag,
        ContentType: 'text/parts',
        Metadata: { game: 'one' },
      });
      await expect(complete(parts)).rejects.toMatchObject({ name: 'NoSuchUpload' });
      expect(temporaryFiles()).toEqual([]);
    });

    it('takes parts from other objects', async () => {
      await put('source', '0123456789');
      const UploadId = await begin('copy');
      const { CopyPartResult } = await client.send(
        new UploadPartCopyCommand({
          Bucket,
          Key: 'copy',
          UploadId,
          PartNumber: 1,
          CopySource: `${Bucket}/source`,
          CopySourceRange: 'bytes=2-5',
        }),
      );
      await client.send(
        new CompleteMultipartUploadCommand({
          Bucket,
          Key: 'copy',
          UploadId,
          MultipartUpload: { Parts: [{ PartNumber: 1, ETag: CopyPartResult?.ETag }] },
        }),
      );
      expect((await get('copy')).toString()).toBe('2345');
    });

    it('forgets what is aborted, and refuses parts that are too small', async () => {
      const UploadId = await begin('small');
      const parts = await Promise.all(
        [1, 2].map(async (PartNumber) => {
          const { ETag } = await client.send(
            new UploadPartCommand({ Bucket, Key: 'small', UploadId, PartNumber, Body: 'x' }),
          );
          return { PartNumber, ETag };
        }),
      );
      const command = { Bucket, Key: 'small', UploadId };
      await expect(
        client.send(new CompleteMultipartUploadCommand({ ...command, MultipartUpload: { Parts: parts } })),
      ).rejects.toMatchObject({ name: 'EntityTooSmall' });
      await client.send(new AbortMultipartUploadCommand(command));
      await expect(client.send(new UploadPartCommand({ ...command, PartNumber: 1, Body: 'x' }))).rejects.toMatchObject({
        name: 'NoSuchUpload',
      });
      await expect(client.send(new ListPartsCommand({ ...command, UploadId: '../../..' }))).rejects.toMatchObject({
        name: 'NoSuchUpload',
      });
      expect(readdirSync(objects.uploadsFolder)).toEqual([]);
    });
  });

  it('asks whether the caller may, before anything is read or written', async () => {
    endpoint.deny = true;
    try {
      await expect(put('a', 'x')).rejects.toMatchObject({ name: 'AccessDenied', ...status(403) });
      await expect(get('a')).rejects.toMatchObject({ name: 'AccessDenied' });
    } finally {
      endpoint.deny = false;
    }
    expect(endpoint.authorized.slice(-2)).toEqual([
      ['s3:PutObject', `arn:aws:s3:::${Bucket}/a`],
      ['s3:GetObject', `arn:aws:s3:::${Bucket}/a`],
    ]);
    expect(await objects.head(Bucket, 'a')).toBeUndefined();
  });
});
