import { expect, it } from 'vitest';
import { payloadBytes, transformBatch } from '../../../local/delivery-stream/lambda-stage.ts';
import type { JournalRecord } from '../../../local/delivery-stream/journal-frame.ts';

const metadata = {
  shardId: 'shardId-000000000002',
  partitionKey: '6c6b0b5e-"größer"',
  approximateArrivalTimestamp: 1_790_000_001_000,
  sequenceNumber: '4'.repeat(56),
  subsequenceNumber: '',
};
const plain: JournalRecord = { sequence: 1, arrival: 1_790_000_002_000, data: Buffer.from('plain') };
const fromShard: JournalRecord = { ...plain, sequence: 2, note: JSON.stringify(metadata) };

/** What the transform is called with. */
async function payloadOf(records: readonly JournalRecord[], sourceArn?: string): Promise<unknown> {
  const payloads: unknown[] = [];
  await transformBatch(records, {
    settings: { arn: 'arn:transform', buffering: { bytes: 1, milliseconds: 1 }, retries: 0 },
    streamArn: 'arn:stream',
    sourceArn,
    region: 'eu-central-1',
    functions: {
      invoke: (_, payload) => {
        payloads.push(payload);
        return Promise.resolve({ ok: true, payload: { records: [] } });
      },
    },
    clock: Date.now,
    sleep: () => Promise.resolve(),
  });
  return payloads[0];
}

it('tells the transform from which Kinesis stream a record came, and from which place in it', async () => {
  expect(await payloadOf([plain, fromShard], 'arn:kinesis')).toMatchObject({
    deliveryStreamArn: 'arn:stream',
    sourceKinesisStreamArn: 'arn:kinesis',
    records: [
      expect.not.objectContaining({ kinesisRecordMetadata: expect.anything() }),
      { kinesisRecordMetadata: metadata },
    ],
  });
  expect(await payloadOf([plain])).not.toHaveProperty('sourceKinesisStreamArn');
});

it('reckons with no less than a record takes in the payload', async () => {
  for (const record of [plain, fromShard]) {
    const { records } = (await payloadOf([record])) as { readonly records: readonly unknown[] };
    expect(payloadBytes(record)).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(records[0])));
  }
});
