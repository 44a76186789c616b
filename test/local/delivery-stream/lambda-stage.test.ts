import * as fc from 'fast-check';
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

/** What becomes of one record that the transform answers with this data. */
async function outcomeOf(data: string) {
  return transformBatch([plain], {
    settings: { arn: 'arn:transform', buffering: { bytes: 1, milliseconds: 1 }, retries: 0 },
    streamArn: 'arn:stream',
    sourceArn: undefined,
    region: 'eu-central-1',
    functions: {
      invoke: (_, payload) => {
        const [record] = (payload as { readonly records: readonly { readonly recordId: string }[] }).records;
        return Promise.resolve({
          ok: true,
          payload: { records: [{ recordId: record!.recordId, result: 'Ok', data }] },
        });
      },
    },
    clock: Date.now,
    sleep: () => Promise.resolve(),
  });
}

it('takes padded base64 and nothing that only resembles it', async () => {
  const letter = fc.constantFrom(...'AZaz09+/=-_ \nüŁ');
  await fc.assert(
    fc.asyncProperty(fc.array(letter, { maxLength: 12 }), async (letters) => {
      const data = letters.join('');
      const isBase64 = data.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(data);
      const { delivered, failed } = await outcomeOf(data);
      expect(delivered.map((one) => one.data)).toEqual(isBase64 ? [Buffer.from(data, 'base64')] : []);
      expect(failed.map(({ errorCode }) => errorCode)).toEqual(isBase64 ? [] : ['Lambda.InvalidReturnFormat']);
    }),
    { numRuns: 300 },
  );
  // Its lower byte is that of an A, and the engine looks at no more.
  expect((await outcomeOf('ŁAAA')).failed).toMatchObject([{ errorCode: 'Lambda.InvalidReturnFormat' }]);
  const bytes = Buffer.from([0, 251, 255, 1]);
  expect((await outcomeOf(bytes.toString('base64'))).delivered).toEqual([{ arrival: plain.arrival, data: bytes }]);
});
