import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { decodeRecords, encodeFrame, readFrameHeader } from '../../../local/delivery-stream/journal-frame.ts';
import type { FrameInput } from '../../../local/delivery-stream/journal-frame.ts';
import { openStreamFollower } from '../../../local/delivery-stream/stream-follower.ts';
import { createKinesisStreams, type LocalKinesisStreams } from '../../../local/kinesis-streams.ts';
import type { KinesisStream } from '../../../local/kinesis/stream.ts';
import { aDataDir } from '../../support/a-data-dir.ts';
import { aLog } from '../../support/a-log.ts';

const root = aDataDir();
const arn = 'arn:aws:kinesis:eu-central-1:000000000000:stream/events';
let number = 0;
let dataDir = '';
let now = 1_000_000;
let streams: LocalKinesisStreams;
let source: KinesisStream;
let kept: FrameInput[number][] = [];

beforeEach(async () => {
  dataDir = join(root, String(number++));
  kept = [];
  await open();
});
afterEach(() => streams.stop());

async function open(ShardCount = 3) {
  streams = createKinesisStreams({ dataDir, accountId: '0', clock: () => now, log: aLog(), quota: undefined });
  await streams.define({ name: 'events', arn, properties: { ShardCount } });
  source = streams.find('events');
}

const keepAll = async (records: FrameInput) => void kept.push(...records);
const follow = (keep: (records: FrameInput) => Promise<unknown> = keepAll) =>
  openStreamFollower({ source, path: join(dataDir, 'source.json'), keep, log: aLog() });

async function put(...texts: readonly string[]) {
  for (const text of texts) {
    now += 1;
    await source.shardFor(text, undefined).shard.put([{ partitionKey: text, data: Buffer.from(text) }]);
  }
}

const texts = () => kept.map(({ data }) => data.toString());

it('takes every record of every shard once, with what Firehose tells its transform of it', async () => {
  await put('a', 'b', 'c', 'd');
  const follower = await follow();
  await follower.catchUp();
  await follower.catchUp();
  expect(texts()).toEqual(['a', 'b', 'c', 'd']);
  const { arrival, note = '' } = kept[1]!;
  const target = source.shardFor('b', undefined);
  expect(JSON.parse(note)).toEqual({
    shardId: target.id,
    partitionKey: 'b',
    approximateArrivalTimestamp: arrival,
    sequenceNumber: expect.stringMatching(/^49\d{54}$/),
    subsequenceNumber: '',
  });
  await follower.stop();
});

it('goes on where it was, after a restart and in more or fewer shards', async () => {
  await put('a', 'b');
  const first = await follow();
  await first.catchUp();
  await first.stop();
  await put('c');
  await streams.stop();
  await open(5);
  await put('d', 'e');
  const second = await follow();
  await second.catchUp();
  expect(texts()).toEqual(['a', 'b', 'c', 'd', 'e']);
  await second.stop();
});

it('takes again what was kept when a crash came before the checkpoint, and leaves nothing out', async () => {
  await put('a', 'b');
  const crashed = await follow(async (records) => {
    kept.push(...records);
    throw new Error('crashed');
  });
  await expect(crashed.catchUp()).rejects.toThrow('crashed');
  await crashed.stop();
  const after = await follow();
  await after.catchUp();
  expect(texts()).toEqual(['a', 'b', 'a', 'b']);
  await after.stop();
});

it('tries again by itself, and says meanwhile what is wrong', async () => {
  let isFull = true;
  const follower = await follow(async (records) => {
    if (isFull) throw new Error('the disk is full');
    await keepAll(records);
  });
  await put('a');
  follower.start();
  await expect.poll(() => follower.problem()).toMatch(/events cannot be taken.*disk is full/);
  isFull = false;
  await expect.poll(texts).toEqual(['a']);
  await expect.poll(() => follower.problem()).toBeUndefined();
  await follower.stop();
});

it('begins with the first record of a stream that was made anew', async () => {
  await put('a');
  const first = await follow();
  await first.catchUp();
  await first.stop();
  await streams.stop();
  rmSync(join(dataDir, 'kinesis'), { recursive: true });
  now += 60_000;
  await open();
  await put('b');
  const second = await follow();
  await second.catchUp();
  expect(texts()).toEqual(['a', 'b']);
  expect(readFileSync(join(dataDir, 'source.json'), 'utf8')).toContain(arn);
  await second.stop();
});

it('keeps a note beside a record, in journals that also hold records without one', () => {
  const records = [
    { arrival: 1, data: Buffer.from('plain') },
    { arrival: 2, data: Buffer.from('noted'), note: '{"größe":"😀"}' },
    { arrival: 3, data: Buffer.alloc(0), note: '' },
  ];
  const nonce = Buffer.alloc(8, 7);
  const frame = encodeFrame(nonce, 5, records);
  const header = readFrameHeader(frame.subarray(0, 28), nonce)!;
  expect(header.payloadBytes).toBe(frame.length - 28);
  expect(decodeRecords(header, frame.subarray(28))).toEqual(
    records.map((one, i) => Object.assign({ sequence: 5 + i }, one)),
  );
});
