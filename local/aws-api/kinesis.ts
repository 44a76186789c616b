import type { LocalKinesisStreams } from '../kinesis-streams.ts';
import { sequenceNumber } from '../kinesis/sequence-number.ts';
import { iteratorMilliseconds, readIterator, writeIterator, type ShardIterator } from '../kinesis/shard-iterator.ts';
import type { KinesisStream, OpenShard } from '../kinesis/stream.ts';
import { AwsError, type Clock, type MetricDatum, type Metrics } from '../runtime.ts';
import { childrenOf, describe, encryptionOf, shardDescription, summary } from './kinesis/descriptions.ts';
import { invalidArgument, invalidLength, missing, numberOf, type Input } from './kinesis/input.ts';
import { recordOf, sizeOf, type NewRecord } from './kinesis/new-record.ts';
import { placeOf } from './kinesis/place-of.ts';
import { putEach, putOne } from './kinesis/put-records.ts';
import { pageOf } from './pages.ts';
import { jsonProtocol, type AwsProtocol, type AwsRequest } from './protocol.ts';

export interface KinesisPlace {
  readonly accountId: string;
  readonly clock: Clock;
  readonly metrics?: Pick<Metrics, 'put'>;
}

/** Limits of the API reference: PutRecords, GetRecords, ListShards, DescribeStream, ListStreams. */
const mostRecordsPut = 500;
const mostBytesPut = 10 << 20;
const mostRecordsRead = 10_000;
/** GetRecords answers 10 MiB at most; one more record of the largest size has to fit. */
const enoughBytesRead = 9 << 20;
const mostShardsListed = 1_000;
const mostShardsDescribed = 100;
const mostStreams = 100;

const THROTTLED = 'ProvisionedThroughputExceededException';

/** Kinesis Data Streams on the wire: what puts and reads records, and what shows streams and shards. */
export function kinesisProtocol(
  streams: LocalKinesisStreams,
  { accountId, clock, metrics }: KinesisPlace,
): AwsProtocol {
  function streamOf(input: Input, request: AwsRequest, action: string): KinesisStream {
    const { StreamARN: arn, StreamName: name } = input;
    const given = typeof arn === 'string' ? arn : name;
    if (typeof given !== 'string') throw missing('streamName');
    const stream = streams.find(given);
    request.authorize(`kinesis:${action}`, stream.definition.arn);
    return stream;
  }

  function count(stream: KinesisStream, name: string, value: number, unit: MetricDatum['unit'] = 'Count'): void {
    const dimensions = { StreamName: stream.definition.name };
    metrics?.put({ namespace: 'AWS/Kinesis', name, dimensions, value, unit });
  }

  function countPut(stream: KinesisStream, records: readonly NewRecord[], results: readonly object[]): void {
    const taken = records.filter((_, i) => !('ErrorCode' in results[i]!));
    const bytes = taken.reduce((sum, one) => sum + sizeOf(one), 0);
    const refused = results.filter((one) => 'ErrorCode' in one && one.ErrorCode === THROTTLED).length;
    count(stream, 'IncomingRecords', taken.length);
    count(stream, 'IncomingBytes', bytes, 'Bytes');
    count(stream, 'WriteProvisionedThroughputExceeded', refused);
  }

  function countAge(stream: KinesisStream, milliseconds: number): void {
    const dimensions = { StreamName: stream.definition.name };
    const name = 'GetRecords.IteratorAgeMilliseconds';
    const value = Math.max(0, milliseconds);
    metrics?.put({ namespace: 'AWS/Kinesis', name, dimensions, value, unit: 'Milliseconds', isMeasured: true });
  }

  return jsonProtocol('kinesis', {
    async PutRecord(input, request) {
      const stream = streamOf(input, request, 'PutRecord');
      const record = recordOf(stream, input, '');
      try {
        const put = await putOne(stream, record, accountId);
        countPut(stream, [record], [put]);
        return { ...put, ...encryptionOf(stream) };
      } catch (error) {
        if (error instanceof AwsError) countPut(stream, [record], [{ ErrorCode: error.code }]);
        throw error;
      }
    },

    async PutRecords(input, request) {
      const stream = streamOf(input, request, 'PutRecords');
      if (!Array.isArray(input.Records)) throw missing('records');
      const { length } = input.Records;
      if (length < 1) throw invalidLength('records', 'greater', 1);
      if (length > mostRecordsPut) throw invalidLength('records', 'less', mostRecordsPut);
      const records = (input.Records as unknown[]).map((one, i) => recordOf(stream, one, `records.${i + 1}.member.`));
      if (records.reduce((sum, one) => sum + sizeOf(one), 0) > mostBytesPut) {
        throw invalidArgument('Records size exceeds 10 MB limit');
      }
      const results = await putEach(stream, records, accountId);
      countPut(stream, records, results);
      return {
        FailedRecordCount: results.filter((one) => 'ErrorCode' in one).length,
        Records: results,
        ...encryptionOf(stream),
      };
    },

    async GetShardIterator(input, request) {
      const stream = streamOf(input, request, 'GetShardIterator');
      const shard = shardOf(stream, input.ShardId, accountId);
      const place = placeOf(stream, shard, input, clock());
      const { name } = stream.definition;
      return { ShardIterator: writeIterator({ stream: name, shardId: shard.id, ...place, issuedAt: clock() }) };
    },

    async GetRecords(input, request) {
      const iterator = typeof input.ShardIterator === 'string' ? readIterator(input.ShardIterator) : undefined;
      if (iterator === undefined) throw invalidArgument('Invalid ShardIterator.');
      const stream = streams.find(iterator.stream);
      request.authorize('kinesis:GetRecords', stream.definition.arn);
      const now = clock();
      checkAge(iterator, now);
      const limit = numberOf(input.Limit, 'limit', mostRecordsRead, mostRecordsRead);
      const { index, shard, isClosed } = shardOf(stream, iterator.shardId, accountId);
      const { records, next } = await shard.read(iterator.sequence, {
        records: limit,
        bytes: enoughBytesRead,
        ...(iterator.since !== undefined && { since: iterator.since }),
      });
      const isAtEnd = next >= shard.end;
      countAge(stream, isAtEnd ? 0 : now - (records.at(-1)?.arrival ?? now));
      const isOver = isAtEnd && isClosed;
      return {
        Records: records.map(({ sequence, arrival, partitionKey, data }) => ({
          SequenceNumber: sequenceNumber({ epoch: stream.createdAt, shard: index, sequence }),
          ApproximateArrivalTimestamp: arrival / 1000,
          Data: data.toString('base64'),
          PartitionKey: partitionKey,
          ...encryptionOf(stream),
        })),
        MillisBehindLatest: isAtEnd ? 0 : Math.max(0, now - (records.at(-1)?.arrival ?? now)),
        ...(!isOver && { NextShardIterator: writeIterator({ ...iterator, sequence: next, issuedAt: now }) }),
        ...(isOver && { ChildShards: childrenOf(stream, index) }),
      };
    },

    async ListShards(input, request) {
      const { StreamName, StreamARN, NextToken, MaxResults, ExclusiveStartShardId: after, ShardFilter } = input;
      const [ofToken, token] = typeof NextToken === 'string' ? splitToken(NextToken) : [];
      const stream = streamOf({ StreamName: StreamName ?? ofToken, StreamARN }, request, 'ListShards');
      const shown = filtered(stream, ShardFilter).filter(({ id }) => typeof after !== 'string' || id > after);
      const size = numberOf(MaxResults, 'maxResults', mostShardsListed, 10_000);
      const { items, nextToken } = pageOf(shown, { token, size, error: 'InvalidArgumentException' });
      return {
        Shards: items.map((one) => shardDescription(stream, one)),
        ...(nextToken !== undefined && { NextToken: `${stream.definition.name}/${nextToken}` }),
      };
    },

    async DescribeStream(input, request) {
      const stream = streamOf(input, request, 'DescribeStream');
      const limit = numberOf(input.Limit, 'limit', mostShardsDescribed, 10_000);
      const after = input.ExclusiveStartShardId;
      const shown = stream.shards().filter(({ id }) => typeof after !== 'string' || id > after);
      return {
        StreamDescription: {
          ...describe(stream),
          Shards: shown.slice(0, limit).map((one) => shardDescription(stream, one)),
          HasMoreShards: shown.length > limit,
        },
      };
    },

    async DescribeStreamSummary(input, request) {
      const stream = streamOf(input, request, 'DescribeStreamSummary');
      return {
        StreamDescriptionSummary: {
          ...describe(stream),
          OpenShardCount: stream.shards().filter(({ isClosed }) => !isClosed).length,
          ConsumerCount: 0,
          MaxRecordSizeInKiB: stream.settings.maxRecordKibibytes,
        },
      };
    },

    async ListStreams(input, request) {
      request.authorize('kinesis:ListStreams', '*');
      const { ExclusiveStartStreamName, NextToken } = input;
      const after = NextToken ?? ExclusiveStartStreamName;
      const names = streams.names().filter((name) => typeof after !== 'string' || name > after);
      const shown = names.slice(0, numberOf(input.Limit, 'limit', mostStreams, 10_000));
      const hasMore = names.length > shown.length;
      return {
        StreamNames: shown,
        HasMoreStreams: hasMore,
        StreamSummaries: shown.map((name) => summary(streams.find(name))),
        ...(hasMore && { NextToken: shown.at(-1) }),
      };
    },
  });
}

function checkAge({ issuedAt }: ShardIterator, now: number): void {
  if (now - issuedAt <= iteratorMilliseconds) return;
  const created = `Iterator expired. The iterator was created at ${new Date(issuedAt).toISOString()}`;
  throw new AwsError('ExpiredIteratorException', `${created} and is used at ${new Date(now).toISOString()}.`);
}

function shardOf(stream: KinesisStream, id: unknown, accountId: string): OpenShard {
  if (typeof id !== 'string') throw missing('shardId');
  const shard = stream.shards().find((one) => one.id === id);
  if (shard !== undefined) return shard;
  const where = `in stream ${stream.definition.name} under account ${accountId}`;
  throw new AwsError('ResourceNotFoundException', `Shard ${id} ${where} does not exist`);
}

function filtered(stream: KinesisStream, filter: unknown): readonly OpenShard[] {
  const { Type: type, ShardId: after } = (filter ?? {}) as Input;
  const all = stream.shards();
  if (type === 'AT_LATEST') return all.filter(({ isClosed }) => !isClosed);
  if (type === 'AFTER_SHARD_ID') return all.filter(({ id }) => id > String(after));
  return all;
}

function splitToken(token: string): readonly [string, string] {
  const slash = token.lastIndexOf('/');
  return [token.slice(0, slash), token.slice(slash + 1)];
}
