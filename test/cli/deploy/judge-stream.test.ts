import { describe, expect, it } from 'vitest';
import {
  judgeStream,
  type DeliveryState,
  type KinesisState,
  type StreamState,
} from '../../../cli/deploy/judge-stream.ts';

const minutes = 60_000;
const now = Date.UTC(2026, 10, 21, 12);
const ago = (count: number): number => now - count * minutes;

const direct: DeliveryState = { kind: 'delivery', name: 'old', arn: 'arn:old', bufferSeconds: 360 };
const fed: DeliveryState = { ...direct, sourceArn: 'arn:source' };
const source: KinesisState = { kind: 'kinesis', name: 'source', arn: 'arn:source', retentionHours: 24 };

/** A stream alone, or one that a source feeds. */
const judge = (stream: StreamState, ...others: readonly StreamState[]) => judgeStream(stream, [stream, ...others], now);

describe('a delivery stream is drained', () => {
  it.each<[string, DeliveryState, readonly StreamState[], boolean, RegExp]>([
    ['when it has taken nothing for a day', direct, [], true, /no record for a day/],
    ['not while records come', { ...direct, lastRecordAt: ago(5) }, [], false, /took records until 2026-11-21T11:55Z/],
    [
      'not while records may lie in its buffers',
      { ...direct, lastRecordAt: ago(20), lastDeliveryAt: ago(18) },
      [],
      false,
      /took records until/,
    ],
    ['not before it has delivered', { ...direct, lastRecordAt: ago(60) }, [], false, /has delivered nothing since/],
    [
      'when it has delivered after its last record',
      { ...direct, lastRecordAt: ago(60), lastDeliveryAt: ago(55) },
      [],
      true,
      /has delivered since, without a failure/,
    ],
    [
      'not when the last attempt failed',
      { ...direct, lastRecordAt: ago(60), lastDeliveryAt: ago(55), lastFailureAt: ago(50) },
      [],
      false,
      /failed .*records are lost from 2026-11-22T11:00Z/,
    ],
    [
      'when what failed was delivered later',
      { ...direct, lastRecordAt: ago(60), lastDeliveryAt: ago(40), lastFailureAt: ago(50) },
      [],
      true,
      /without a failure|delivered since/,
    ],
    [
      'not while its source holds what it has not read',
      { ...fed, lastRecordAt: ago(60), lastDeliveryAt: ago(50), behind: { at: ago(50), milliseconds: 7 } },
      [{ ...source, lastRecordAt: ago(60) }],
      false,
      /not read source to its end/,
    ],
    [
      'not when nothing tells how far it has read',
      { ...fed, lastRecordAt: ago(60) },
      [{ ...source, lastRecordAt: ago(60) }],
      false,
      /nothing says that they were read/,
    ],
    [
      'not when it was abreast of its source before the last record came',
      { ...fed, lastRecordAt: ago(60), lastDeliveryAt: ago(50), behind: { at: ago(70), milliseconds: 0 } },
      [{ ...source, lastRecordAt: ago(60) }],
      false,
      /not read source/,
    ],
    [
      'when it has read its source to the end and delivered',
      { ...fed, lastRecordAt: ago(60), lastDeliveryAt: ago(50), behind: { at: ago(50), milliseconds: 0 } },
      [{ ...source, lastRecordAt: ago(60) }],
      true,
      /delivered since/,
    ],
    ['when its source has been empty for its retention', fed, [source], true, /no record for a day/],
  ])('%s', (_, stream, others, isDrained, because) => {
    expect(judge(stream, ...others)).toMatchObject({ isDrained, because: expect.stringMatching(because) });
  });
});

describe('a Kinesis stream is drained', () => {
  const read = {
    ...fed,
    lastRecordAt: ago(3_000),
    lastDeliveryAt: ago(2_990),
    behind: { at: ago(2_990), milliseconds: 0 },
  };

  it.each<[string, KinesisState, readonly StreamState[], boolean, RegExp]>([
    ['when nothing was put there within its retention', source, [], true, /no record .* 24 hours/],
    ['not within its retention', { ...source, lastRecordAt: ago(60) }, [], false, /other readers .* 24 hours/],
    ['when its retention is over', { ...source, lastRecordAt: ago(3_000) }, [read], true, /past its retention/],
    [
      'not before Firehose has read it out',
      { ...source, lastRecordAt: ago(3_000) },
      [{ ...read, behind: { at: ago(10), milliseconds: 60_000 } }],
      false,
      /old has not delivered all of it/,
    ],
  ])('%s', (_, stream, others, isDrained, because) => {
    expect(judge(stream, ...others)).toMatchObject({ isDrained, because: expect.stringMatching(because) });
  });

  it('says from when on it may go', () => {
    expect(judge({ ...source, lastRecordAt: ago(60) }).lookAgainAt).toBe(ago(60) + 24 * 60 * minutes);
  });
});
