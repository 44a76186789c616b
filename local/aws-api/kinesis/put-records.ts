import { sequenceNumber } from '../../kinesis/sequence-number.ts';
import type { KinesisStream, OpenShard } from '../../kinesis/stream.ts';
import { AwsError } from '../../runtime.ts';
import { sizeOf, type NewRecord } from './new-record.ts';

/** What became of a record, as PutRecords answers it. */
export type PutResult =
  | { readonly SequenceNumber: string; readonly ShardId: string }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

/** Puts one record. Throws AwsError: ProvisionedThroughputExceededException, InternalFailure. */
export async function putOne(stream: KinesisStream, record: NewRecord, accountId: string): Promise<PutResult> {
  const target = targetOf(stream, record, accountId);
  const [result] = await store(stream, target, [record]);
  return result!;
}

/** Puts a batch, which is stored in part where a shard has no room or cannot be written. */
export async function putEach(
  stream: KinesisStream,
  records: readonly NewRecord[],
  accountId: string,
): Promise<readonly PutResult[]> {
  const results: PutResult[] = [];
  const perShard = new Map<string, { readonly target: OpenShard; readonly at: number[] }>();
  for (const [at, record] of records.entries()) {
    try {
      const target = targetOf(stream, record, accountId);
      const same = perShard.get(target.id);
      if (same) same.at.push(at);
      else perShard.set(target.id, { target, at: [at] });
    } catch (error) {
      results[at] = failureOf(error);
    }
  }
  const storeSome = async (target: OpenShard, at: readonly number[]): Promise<void> => {
    try {
      const stored = await store(
        stream,
        target,
        at.map((one) => records[one]!),
      );
      for (const [i, one] of at.entries()) results[one] = stored[i]!;
    } catch (error) {
      for (const one of at) results[one] = failureOf(error);
    }
  };
  await Promise.all([...perShard.values()].map(({ target, at }) => storeSome(target, at)));
  return results;
}

function targetOf(stream: KinesisStream, record: NewRecord, accountId: string): OpenShard {
  const target = stream.shardFor(record.partitionKey, record.hashKey);
  if (target.shard.admits(sizeOf(record))) return target;
  const where = `shard ${target.id} in stream ${stream.definition.name} under account ${accountId}`;
  throw new AwsError('ProvisionedThroughputExceededException', `Rate exceeded for ${where}.`);
}

async function store(stream: KinesisStream, { id, index, shard }: OpenShard, records: readonly NewRecord[]) {
  const first = await shard.put(records).catch(() => {
    throw new AwsError('InternalFailure', `${id} cannot be written.`, 500);
  });
  return records.map((_, i) => ({
    SequenceNumber: sequenceNumber({ epoch: stream.createdAt, shard: index, sequence: first + i }),
    ShardId: id,
  }));
}

function failureOf(error: unknown): PutResult {
  if (!(error instanceof AwsError)) throw error;
  return { ErrorCode: error.code, ErrorMessage: error.message };
}
