import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kinesisProtocol } from '../../../local/aws-api/kinesis.ts';
import { createKinesisStreams, type LocalKinesisStreams } from '../../../local/kinesis-streams.ts';
import type { StreamShardQuota } from '../../../local/runtime.ts';
import { aDataDir } from '../../support/a-data-dir.ts';
import { aLog } from '../../support/a-log.ts';
import { protocolCaller, type ProtocolCaller } from '../../support/call-protocol.ts';

const root = aDataDir();
const hour = 3_600_000;
const accountId = '000000000000';
const StreamName = 'events';
const arn = `arn:aws:kinesis:eu-central-1:${accountId}:stream/events`;

let number = 0;
let dataDir = '';
let now = 0;
let streams: LocalKinesisStreams;
let kinesis: ProtocolCaller;

beforeEach(async () => {
  dataDir = join(root, String(number++));
  now = Date.UTC(2026, 10, 21);
  await start();
});
afterEach(() => streams.stop());

interface StartOptions {
  readonly shards?: number;
  readonly quota?: StreamShardQuota;
  /** Small, so that a shard's journal has several files. */
  readonly segmentBytes?: number;
  readonly properties?: Readonly<Record<string, unknown>>;
}

async function start({ shards = 4, quota, segmentBytes, properties = {} }: StartOptions = {}) {
  streams = createKinesisStreams({ dataDir, accountId, clock: () => now, log: aLog(), quota, segmentBytes });
  kinesis = protocolCaller(kinesisProtocol(streams, { accountId, clock: () => now }));
  await streams.define({ name: StreamName, arn, properties: { ShardCount: shards, ...properties } });
}

async function restart(options?: StartOptions) {
  await streams.stop();
  await start(options);
}

/** A stream of its own, made with these options. */
async function fresh(options: StartOptions) {
  await streams.stop();
  dataDir = join(root, String(number++));
  await start(options);
}

interface Put {
  readonly ShardId: string;
  readonly SequenceNumber: string;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const put = async (text: string, PartitionKey = text) =>
  (await kinesis.call('PutRecord', { StreamName, PartitionKey, Data: base64(text) })) as unknown as Put;

interface GotRecord {
  readonly SequenceNumber: string;
  readonly PartitionKey: string;
  readonly Data: string;
  readonly ApproximateArrivalTimestamp: number;
}

interface Got {
  readonly Records: readonly GotRecord[];
  readonly MillisBehindLatest: number;
  readonly NextShardIterator?: string;
  readonly ChildShards?: readonly { readonly ShardId: string }[];
}

async function iterator(ShardId: string, ShardIteratorType: string, more = {}): Promise<string> {
  const { ShardIterator } = await kinesis.call('GetShardIterator', { StreamName, ShardId, ShardIteratorType, ...more });
  return ShardIterator as string;
}

const get = async (ShardIterator: string | undefined, Limit?: number) =>
  (await kinesis.call('GetRecords', { ShardIterator, ...(Limit && { Limit }) })) as unknown as Got;
const textsOf = ({ Records }: Got) => Records.map(({ Data }) => Buffer.from(Data, 'base64').toString());
const shards = async () =>
  (await kinesis.call('ListShards', { StreamName })).Shards as readonly {
    readonly ShardId: string;
    readonly ParentShardId?: string;
    readonly AdjacentParentShardId?: string;
    readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string };
    readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string };
  }[];

/** Everything in the stream, shard by shard. */
async function readAll(): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const { ShardId } of await shards()) texts.push(...textsOf(await get(await iterator(ShardId, 'TRIM_HORIZON'))));
  return texts;
}

describe('putting', () => {
  it('chooses the shard whose hash keys hold the MD5 of the partition key, or the hash key that is given', async () => {
    const all = await shards();
    for (const key of ['a', 'b', 'some-request', 'größer']) {
      const hash = BigInt(`0x${createHash('md5').update(key).digest('hex')}`);
      const holder = all.find(
        ({ HashKeyRange: range }) => BigInt(range.StartingHashKey) <= hash && hash <= BigInt(range.EndingHashKey),
      );
      expect((await put(key)).ShardId).toBe(holder?.ShardId);
    }
    const explicit = { StreamName, PartitionKey: 'a', ExplicitHashKey: '0', Data: '' };
    expect((await kinesis.call('PutRecord', explicit)).ShardId).toBe('shardId-000000000000');
    await expect(kinesis.call('PutRecord', { ...explicit, ExplicitHashKey: String(2n ** 128n) })).rejects.toMatchObject(
      {
        code: 'InvalidArgumentException',
      },
    );
  });

  it('gives the records of a shard numbers that grow, over restarts and when the stream is made anew', async () => {
    const first = await put('1', 'key');
    const second = await put('2', 'key');
    await restart();
    const third = await put('3', 'key');
    now += 1_000;
    await fresh({});
    const anew = await put('4', 'key');
    const numbers = [first, second, third, anew].map(({ SequenceNumber }) => BigInt(SequenceNumber));
    expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(new Set(numbers).size).toBe(4);
  });

  it.each([
    ['a record over 1 MiB with its key', { PartitionKey: 'key', Data: Buffer.alloc((1 << 20) - 2).toString('base64') }],
    ['a key of more than 256 characters', { PartitionKey: 'x'.repeat(257), Data: '' }],
  ])('refuses %s in the words that the gateway looks for', async (_, record) => {
    await expect(kinesis.call('PutRecord', { StreamName, ...record })).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining('length less than or equal to'),
      status: 400,
    });
    expect(await readAll()).toEqual([]);
  });

  it('takes a record of exactly 1 MiB, and larger ones where the stream says so', async () => {
    const Data = Buffer.alloc((1 << 20) - 3).toString('base64');
    await kinesis.call('PutRecord', { StreamName, PartitionKey: 'key', Data });
    await restart({ properties: { MaxRecordSizeInKiB: 10_240 } });
    await kinesis.call('PutRecord', {
      StreamName,
      PartitionKey: 'key',
      Data: Buffer.alloc(2 << 20).toString('base64'),
    });
    expect((await readAll()).map(({ length }) => length)).toEqual([(1 << 20) - 3, 2 << 20]);
  });

  it('refuses no record, an empty key, a wrong encoding, and a stream that is not there', async () => {
    const code = async (input: object) =>
      kinesis.call('PutRecord', { StreamName, PartitionKey: 'a', Data: '', ...input }).catch((error) => error.code);
    expect(await code({ PartitionKey: '' })).toBe('ValidationException');
    expect(await code({ PartitionKey: null })).toBe('ValidationException');
    expect(await code({ Data: null })).toBe('ValidationException');
    expect(await code({ Data: '%' })).toBe('SerializationException');
    expect(await code({ StreamName: 'other' })).toBe('ResourceNotFoundException');
    await expect(kinesis.call('PutRecords', { StreamName, Records: [] })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });

  it('asks whether the caller may, by the action and the stream', async () => {
    await put('a');
    expect(kinesis.authorized).toEqual([`kinesis:PutRecord ${arn}`]);
    kinesis.denied.add('kinesis:PutRecord');
    await expect(put('b')).rejects.toMatchObject({ code: 'AccessDeniedException' });
    expect(await readAll()).toEqual(['a']);
  });
});

const recordAt = (hashKey: bigint, text: string) => ({
  PartitionKey: 'k',
  ExplicitHashKey: String(hashKey),
  Data: base64(text),
});

describe('a quota of each shard', () => {
  it('refuses what does not fit this second, with the error and the status of Kinesis', async () => {
    await fresh({ quota: { recordsPerSecond: 2 } });
    await put('1', 'key');
    await put('2', 'key');
    await expect(put('3', 'key')).rejects.toMatchObject({
      code: 'ProvisionedThroughputExceededException',
      status: 400,
    });
    now += 1_000;
    await put('4', 'key');
    expect(await readAll()).toEqual(['1', '2', '4']);
  });

  it('lets a batch be stored in part, and says what was not', async () => {
    await fresh({ shards: 2, quota: { bytesPerSecond: 10 } });
    const high = 2n ** 128n - 1n;
    const answer = await kinesis.call('PutRecords', {
      StreamName,
      Records: [recordAt(0n, '12345'), recordAt(0n, '67890'), recordAt(high, 'other')],
    });
    expect(answer).toMatchObject({
      FailedRecordCount: 1,
      Records: [
        { ShardId: 'shardId-000000000000', SequenceNumber: expect.stringMatching(/^\d{56}$/) },
        { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: expect.stringContaining(accountId) },
        { ShardId: 'shardId-000000000001' },
      ],
    });
    expect(await readAll()).toEqual(['12345', 'other']);
  });
});

describe('reading', () => {
  it('goes through a shard page by page, in order, and says how far behind it is', async () => {
    await fresh({ shards: 1 });
    for (const text of ['a', 'b', 'c']) {
      await put(text);
      now += 1_000;
    }
    const first = await get(await iterator('shardId-000000000000', 'TRIM_HORIZON'), 2);
    expect(textsOf(first)).toEqual(['a', 'b']);
    expect(first.MillisBehindLatest).toBe(2_000);
    expect(first.Records[0]).toMatchObject({ PartitionKey: 'a', ApproximateArrivalTimestamp: (now - 3_000) / 1_000 });
    const second = await get(first.NextShardIterator);
    expect([textsOf(second), second.MillisBehindLatest]).toEqual([['c'], 0]);
    await put('d');
    const third = await get(second.NextShardIterator);
    expect(textsOf(third)).toEqual(['d']);
    expect(textsOf(await get(third.NextShardIterator))).toEqual([]);
  });

  it('begins where the iterator says', async () => {
    await fresh({ shards: 1, segmentBytes: 100 });
    const puts: Put[] = [];
    const times: number[] = [];
    for (const text of ['a', 'b', 'c', 'd', 'e']) {
      puts.push(await put(text));
      times.push(now / 1_000);
      now += 1_000;
    }
    const id = 'shardId-000000000000';
    const from = async (type: string, more = {}) => textsOf(await get(await iterator(id, type, more))).join('');
    expect(await from('TRIM_HORIZON')).toBe('abcde');
    expect(await from('LATEST')).toBe('');
    const StartingSequenceNumber = puts[2]?.SequenceNumber;
    expect(await from('AT_SEQUENCE_NUMBER', { StartingSequenceNumber })).toBe('cde');
    expect(await from('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber })).toBe('de');
    expect(await from('AT_TIMESTAMP', { Timestamp: times[3] })).toBe('de');
    expect(await from('AT_TIMESTAMP', { Timestamp: times[3]! + 0.5 })).toBe('e');
    expect(await from('AT_TIMESTAMP', { Timestamp: 0 })).toBe('abcde');
    await restart({ shards: 1, segmentBytes: 100 });
    expect(await from('AT_TIMESTAMP', { Timestamp: times[2] })).toBe('cde');
    expect(await from('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber })).toBe('de');
  });

  it('refuses iterators that are too old or made up, and places that are none', async () => {
    const id = 'shardId-000000000000';
    const old = await iterator(id, 'LATEST');
    now += 300_001;
    await expect(get(old)).rejects.toMatchObject({ code: 'ExpiredIteratorException' });
    await expect(get('made-up')).rejects.toMatchObject({ code: 'InvalidArgumentException' });
    const other = await put('x', 'a');
    const elsewhere = (await shards()).find(({ ShardId }) => ShardId !== other.ShardId)!.ShardId;
    const StartingSequenceNumber = other.SequenceNumber;
    const refused = (shard: string, type: string, more = {}) =>
      iterator(shard, type, more).catch((error) => error.code);
    expect(await refused(elsewhere, 'AT_SEQUENCE_NUMBER', { StartingSequenceNumber })).toBe('InvalidArgumentException');
    expect(await refused(id, 'AT_SEQUENCE_NUMBER', { StartingSequenceNumber: '7' })).toBe('InvalidArgumentException');
    expect(await refused(id, 'AT_TIMESTAMP', { Timestamp: now / 1_000 + 60 })).toBe('InvalidArgumentException');
    expect(await refused(id, 'YESTERDAY')).toBe('ValidationException');
    expect(await refused('shardId-000000000009', 'LATEST')).toBe('ResourceNotFoundException');
  });
});

const files = () => readdirSync(join(dataDir, 'kinesis', StreamName, 'shardId-000000000000'));

describe('keeping', () => {
  it('gives back over restarts what was acknowledged', async () => {
    for (let i = 0; i < 20; i += 1) await put(`${i}`);
    await restart();
    expect((await readAll()).map(Number).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('forgets what is older than its retention, in answers at once and on disk with the whole file', async () => {
    const settings = { shards: 1, segmentBytes: 100, properties: { RetentionPeriodHours: 24 } };
    await fresh(settings);
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) await put(text.repeat(40), 'key');
    now += 23 * hour;
    await put('young', 'key');
    const before = files().length;
    now += 1.5 * hour;
    expect(await readAll()).toEqual(['young']);
    await restart(settings);
    expect(await readAll()).toEqual(['young']);
    expect(files().length).toBeLessThan(before);
  });

  it('goes on with its numbers when every record has become too old', async () => {
    await fresh({ shards: 1 });
    const last = await put('a');
    now += 25 * hour;
    await restart({ shards: 1 });
    await restart({ shards: 1 });
    const next = await put('b');
    expect(BigInt(next.SequenceNumber)).toBeGreaterThan(BigInt(last.SequenceNumber));
    const StartingSequenceNumber = last.SequenceNumber;
    const after = await iterator('shardId-000000000000', 'AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber });
    expect(textsOf(await get(after))).toEqual(['b']);
  });

  it('forgets everything when it is told to', async () => {
    await put('a');
    await streams.clear();
    expect(await readAll()).toEqual([]);
    await put('b');
    await restart();
    expect(await readAll()).toEqual(['b']);
  });

  it('opens a stream that has left the template, with what it holds', async () => {
    await put('a');
    await streams.stop();
    streams = createKinesisStreams({ dataDir, accountId, clock: () => now, log: aLog(), quota: undefined });
    kinesis = protocolCaller(kinesisProtocol(streams, { accountId, clock: () => now }));
    expect(streams.names()).toEqual([]);
    await streams.open(arn);
    expect(await readAll()).toEqual(['a']);
    await expect(streams.open(`${arn}-that-never-was`)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});

describe('another number of shards', () => {
  it('closes the shards there are, leaves them to their readers, and shares the keys among new ones', async () => {
    await restart({ shards: 1, properties: {} });
    const all = await shards();
    expect(all.map(({ ShardId, ParentShardId }) => [ShardId, ParentShardId])).toEqual([
      ['shardId-000000000000', undefined],
      ['shardId-000000000001', undefined],
      ['shardId-000000000002', undefined],
      ['shardId-000000000003', undefined],
      ['shardId-000000000004', 'shardId-000000000000'],
    ]);
    expect(all[4]?.AdjacentParentShardId).toBe('shardId-000000000001');
    expect((await put('new')).ShardId).toBe('shardId-000000000004');
    const { Shards } = await kinesis.call('ListShards', { StreamName, ShardFilter: { Type: 'AT_LATEST' } });
    expect(Shards).toHaveLength(1);
  });

  it('ends a closed shard behind its last record, naming those that go on', async () => {
    const { ShardId } = await put('old', 'key');
    await restart({ shards: 2 });
    await put('new', 'key');
    const end = await get(await iterator(ShardId, 'TRIM_HORIZON'));
    expect(textsOf(end)).toEqual(['old']);
    expect(end.NextShardIterator).toBeUndefined();
    expect(end.ChildShards?.length).toBeGreaterThan(0);
    expect((await readAll()).toSorted()).toEqual(['new', 'old']);
  });
});

const another = (properties: Readonly<Record<string, unknown>>) => ({ name: 'other', arn, properties });

describe('describing', () => {
  it('says what the template says', async () => {
    const StreamEncryption = { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' };
    await fresh({ shards: 2, properties: { RetentionPeriodHours: 48, StreamEncryption } });
    const described = {
      StreamName,
      StreamARN: arn,
      StreamStatus: 'ACTIVE',
      RetentionPeriodHours: 48,
      EncryptionType: 'KMS',
    };
    expect(await kinesis.call('DescribeStream', { StreamName, Limit: 1 })).toMatchObject({
      StreamDescription: { ...described, HasMoreShards: true, Shards: [{ ShardId: 'shardId-000000000000' }] },
    });
    expect(await kinesis.call('DescribeStreamSummary', { StreamARN: arn })).toMatchObject({
      StreamDescriptionSummary: { ...described, OpenShardCount: 2, MaxRecordSizeInKiB: 1_024 },
    });
    expect(await kinesis.call('ListStreams')).toMatchObject({ StreamNames: [StreamName], HasMoreStreams: false });
  });

  it('lists shards page by page', async () => {
    const first = await kinesis.call('ListShards', { StreamName, MaxResults: 3 });
    const second = await kinesis.call('ListShards', { NextToken: first.NextToken });
    const ids = [first, second].map(({ Shards }) => (Shards as { ShardId: string }[]).length);
    expect([ids, second.NextToken]).toEqual([[3, 1], undefined]);
  });

  it('begins with four shards on demand, and refuses what Kinesis refuses', async () => {
    await streams.define(another({ StreamModeDetails: { StreamMode: 'ON_DEMAND' } }));
    const { Shards } = await kinesis.call('ListShards', { StreamName: 'other' });
    expect(Shards).toHaveLength(4);
    await expect(streams.define(another({}))).rejects.toThrow(/ShardCount/);
    await expect(streams.define(another({ ShardCount: 1, RetentionPeriodHours: 12 }))).rejects.toThrow(/Retention/);
  });
});
