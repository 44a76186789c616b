import type { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import type { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, it } from 'vitest';
import { putRecords } from '../../../../business-logic/shared/delivery/put-records.ts';
import { putToFirehose } from '../../../../business-logic/shared/delivery/put-to-firehose.ts';
import { putToKinesis } from '../../../../business-logic/shared/delivery/put-to-kinesis.ts';
import { Throttled } from '../../../../business-logic/shared/http/errors.ts';

/** A stream that does with each call what it is told, `undefined` for storing all, and what it then holds. */
function aStream(...calls: readonly ((texts: readonly string[]) => readonly (string | undefined)[])[]) {
  const stored: string[] = [];
  const sizes: number[] = [];
  const waits: number[] = [];
  let at = 0;
  const send = async ({ input }: PutRecordBatchCommand) => {
    const texts = (input.Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString());
    sizes.push(texts.length);
    const codes = calls[Math.min(at, calls.length - 1)]?.(texts) ?? [];
    at += 1;
    const RequestResponses = texts.map((text, index) => {
      const ErrorCode = codes[index];
      if (ErrorCode !== undefined) return { ErrorCode };
      stored.push(text);
      return { RecordId: 'id' };
    });
    return { FailedPutCount: codes.filter((code) => code !== undefined).length, RequestResponses };
  };
  const firehose = putToFirehose({ send } as unknown as FirehoseClient, 'events');
  const put = putRecords(firehose, async (ms) => void waits.push(ms));
  return { put, stored, sizes, waits };
}

const failing = (code: string) => (texts: readonly string[]) => texts.map(() => code);

describe('putRecords', () => {
  it('sends again what was not stored, and that alone', async () => {
    const stream = aStream(
      () => [undefined, 'ServiceUnavailableException', 'InternalFailure'],
      () => ['ServiceUnavailableException'],
      () => [],
    );
    await stream.put(['a', 'b', 'c']);
    expect(stream.stored.toSorted()).toEqual(['a', 'b', 'c']);
    expect([stream.sizes, stream.waits]).toEqual([
      [3, 2, 1],
      [100, 200],
    ]);
  });

  it('gives up as throttled when the stream stays busy', async () => {
    const stream = aStream(failing('ServiceUnavailableException'));
    await expect(stream.put(['a'])).rejects.toThrow(Throttled);
    expect(stream.sizes).toHaveLength(6);
  });

  it('takes a refused call like records that were refused', async () => {
    const busy = aStream(() => {
      throw Object.assign(new Error('Slow down.'), { name: 'ServiceUnavailableException' });
    });
    await expect(busy.put(['a'])).rejects.toThrow(Throttled);
    const forbidden = aStream(() => {
      throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    });
    await expect(forbidden.put(['a'])).rejects.toThrow('no');
    expect(forbidden.sizes).toHaveLength(1);
  });

  it('fails with what the stream says when it is not busy', async () => {
    const stream = aStream(failing('InternalFailure'));
    await expect(stream.put(['a'])).rejects.toThrow(/in 6 tries: InternalFailure/);
  });

  it('puts no more than 500 records and 4 MiB at once', async () => {
    const many = aStream(() => []);
    await many.put(Array.from({ length: 1_100 }, (_, index) => `${index}`));
    expect(many.sizes).toEqual([500, 500, 100]);
    const large = aStream(() => []);
    await large.put(Array.from({ length: 9 }, () => 'x'.repeat(1_000_000)));
    expect(large.sizes).toEqual([4, 4, 1]);
  });
});

describe('putToKinesis', () => {
  it('lets what a full shard refused be sent again, each record under a key of its own', async () => {
    const stored: string[] = [];
    const keys = new Set<string>();
    let calls = 0;
    const send = async ({ input }: PutRecordsCommand) => {
      calls += 1;
      const Records = (input.Records ?? []).map(({ Data, PartitionKey = '' }, index) => {
        keys.add(PartitionKey);
        if (calls === 1 && index > 0) return { ErrorCode: 'ProvisionedThroughputExceededException' };
        stored.push(Buffer.from(Data ?? []).toString());
        return { SequenceNumber: '1', ShardId: 'shardId-000000000000' };
      });
      return { FailedRecordCount: Records.filter((one) => 'ErrorCode' in one).length, Records };
    };
    const put = putRecords(putToKinesis({ send } as unknown as KinesisClient, 'events'), async () => undefined);
    await put(['a', 'b', 'c']);
    expect([stored, calls, keys.size]).toEqual([['a', 'b', 'c'], 2, 5]);
  });

  it('gives up as throttled when all shards stay full', async () => {
    const busy = { send: () => Promise.reject(Object.assign(new Error(), { name: 'KMSThrottlingException' })) };
    const put = putRecords(putToKinesis(busy as unknown as KinesisClient, 'events'), async () => undefined);
    await expect(put(['a'])).rejects.toThrow(Throttled);
  });
});
