import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { createObjectStore, type LocalObjectStore } from '../../local/object-store.ts';
import { aDataDir } from '../support/a-data-dir.ts';

const root = aDataDir();
const bucket = 'lake';
let now = 1_700_000_000_000;
let number = 0;
let dataDir = '';
let objects: LocalObjectStore;

async function openStore(): Promise<LocalObjectStore> {
  const store = createObjectStore({ root: dataDir, clock: () => now });
  await store.createBucket(bucket);
  return store;
}

beforeEach(async () => {
  dataDir = join(root, String(number++));
  mkdirSync(dataDir);
  objects = await openStore();
});

const md5 = (text: string) => `"${createHash('md5').update(text).digest('hex')}"`;
const put = (key: string, text: string, options = {}) => objects.put(bucket, key, Buffer.from(text), options);
const text = async (key: string) => (await objects.readAll(bucket, key))?.toString();
const keys = async (prefix = '', options = {}) => {
  const found: string[] = [];
  for await (const key of objects.keys(bucket, { prefix, ...options })) found.push(key);
  return found;
};

describe('object store', () => {
  it('keeps an object as a plain file and nothing else in the bucket folder', async () => {
    await put('raw/day=1/a.txt', 'hello', { contentType: 'text/plain', metadata: { game: 'a' } });

    expect(readFileSync(join(objects.bucketPath(bucket), 'raw/day=1/a.txt'), 'utf8')).toBe('hello');
    expect(readdirSync(objects.bucketPath(bucket), { recursive: true }).toSorted()).toEqual([
      'raw',
      'raw/day=1',
      'raw/day=1/a.txt',
    ]);
  });

  it('knows an object after a restart', async () => {
    const stored = await put('a', 'hello', { contentType: 'text/plain', metadata: { game: 'ä' } });
    now += 5000;
    objects = await openStore();

    expect(await objects.head(bucket, 'a')).toEqual(stored);
    expect(stored).toMatchObject({ size: 5, etag: md5('hello'), contentType: 'text/plain', metadata: { game: 'ä' } });
  });

  it('serves a file that was copied into the folder, with its own ETag', async () => {
    await put('a', 'hello', { contentType: 'text/plain' });
    writeFileSync(join(objects.bucketPath(bucket), 'a'), 'changed');
    writeFileSync(join(objects.bucketPath(bucket), 'b'), 'new');

    expect(await objects.head(bucket, 'a')).toMatchObject({ etag: md5('changed'), size: 7, contentType: undefined });
    expect(await objects.head(bucket, 'b')).toMatchObject({ etag: md5('new') });
  });

  it('reads ranges', async () => {
    await put('a', '0123456789');
    const range = await objects.read(bucket, 'a', { start: 2, end: 4 });
    expect((await range.toArray()).join('')).toBe('234');
  });

  it('keeps the old object when a body fails on its way', async () => {
    await put('a', 'old');
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('ne');
        throw new Error('connection lost');
      })(),
    );

    await expect(objects.put(bucket, 'a', broken)).rejects.toThrow('connection lost');
    expect(await text('a')).toBe('old');
    expect(await keys()).toEqual(['a']);
  });

  it('reads on from the old bytes while an object is replaced', async () => {
    await put('a', 'old');
    const open = await objects.open(bucket, 'a');
    await put('a', 'newer');
    expect((await open!.stream().toArray()).join('')).toBe('old');
    expect(open!.head.size).toBe(3);
  });

  it.each([
    '../../outside',
    'a/../../b',
    '/absolute',
    'double//slash',
    'folder/',
    '.',
    '..',
    'nul\0byte',
    `long/${'x'.repeat(300)}`,
    'back\\slash',
    '\u{1f600}/emoji',
    '.hidden',
    'with space + % é',
    'x'.repeat(1024),
  ])('keeps key %j safely', async (key) => {
    await put(key, 'content');
    objects = await openStore();

    expect(await text(key)).toBe('content');
    expect(await keys()).toEqual([key]);
    expect(existsSync(join(root, 'outside'))).toBe(false);
    expect(readdirSync(dataDir).every((name) => name.startsWith('s3'))).toBe(true);

    await objects.delete(bucket, key);
    expect(await text(key)).toBeUndefined();
    expect(await keys()).toEqual([]);
  });

  it.each([
    ['a', 'a/b'],
    ['a/b', 'a'],
    ['a/b', 'a/b/c/d'],
    ['a/b/c/d', 'a/b'],
  ])('keeps both %s and %s', async (first, second) => {
    await put(first, 'first');
    await put(second, 'second');
    await put(first, 'first again');
    objects = await openStore();

    expect([await text(first), await text(second)]).toEqual(['first again', 'second']);
    expect(await keys()).toEqual([first, second].toSorted());
    await objects.delete(bucket, first);
    await put(second, 'second again');
    expect([await text(first), await text(second)]).toEqual([undefined, 'second again']);
    expect(await keys()).toEqual([second]);
  });

  it('refuses a key of more than 1,024 bytes and an unknown bucket', async () => {
    await expect(put('é'.repeat(513), '')).rejects.toMatchObject({ code: 'KeyTooLongError' });
    await expect(objects.put('other', 'a', Buffer.from(''))).rejects.toMatchObject({ code: 'NoSuchBucket' });
  });

  it('lists keys in the order of their UTF-8 bytes, from any place on', async () => {
    const all = ['a!b', 'a', 'a/', 'a/b', 'a-b', 'a0', 'a/b/c', 'B', '\u{fb01}', '\u{1f600}', 'b/x', 'b.x'];
    for (const key of all) await put(key, key);
    const sorted = all.toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));

    expect(await keys()).toEqual(sorted);
    expect(await keys('a/')).toEqual(['a/', 'a/b', 'a/b/c']);
    for (const after of [...sorted, 'a/a', 'a.', 'b/']) {
      const rest = sorted.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0);
      expect(await keys('', { after })).toEqual(rest);
      const heads: string[] = [];
      for await (const { key } of objects.list(bucket, '', after)) heads.push(key);
      expect(heads).toEqual(rest);
    }
    const sizes: (readonly [string, number])[] = [];
    for await (const { key, size } of objects.sizes(bucket, 'a')) sizes.push([key, size]);
    const below = sorted.filter((key) => key.startsWith('a'));
    expect(sizes).toEqual(below.map((key) => [key, Buffer.byteLength(key)]));
    expect(await keys('', { afterPrefix: 'a/' })).toEqual(sorted.slice(sorted.indexOf('a/b/c') + 1));
  });

  it('lets exactly one of many conditional puts win', async () => {
    const { etag } = await put('manifest', '0');
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => put('manifest', `next ${i}`, { ifMatch: etag })),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason as unknown] : []));
    expect(refusals).toEqual(Array(19).fill(expect.objectContaining({ code: 'PreconditionFailed', status: 412 })));

    const creations = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => put('new', String(i), { ifNoneMatch: '*' })),
    );
    expect(creations.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(put('absent', '', { ifMatch: etag })).rejects.toMatchObject({ status: 404 });
  });

  it('removes folders with their last object, while others are put there', async () => {
    await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        await put(`deep/er/${i}`, 'x');
        await objects.delete(bucket, `deep/er/${i}`);
      }),
    );
    expect(await keys()).toEqual([]);
    expect(readdirSync(objects.bucketPath(bucket))).toEqual([]);
  });

  it('still serves an object whose metadata is lost', async () => {
    await put('a', 'hello', { contentType: 'text/plain' });
    rmSync(join(dataDir, 's3-meta'), { recursive: true });
    objects = await openStore();
    expect(await objects.head(bucket, 'a')).toMatchObject({ etag: md5('hello'), size: 5 });
  });
});
