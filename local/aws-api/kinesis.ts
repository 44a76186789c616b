import type { LocalKinesisStreams } from '../kinesis-streams.ts';
import { hashKeys } from '../kinesis/hash-range.ts';
import { readSequenceNumber, sequenceNumber } from '../kinesis/sequence-number.ts';
import { iteratorMilliseconds, readIterator, writeIterator, type ShardIterator } from '../kinesis/shard-iterator.ts';
import { shardIdOf, type KinesisStream, type OpenShard } from '../kinesis/stream.ts';
import { AwsError, type Clock } from '../runtime.ts';
import { pageOf } from './pages.ts';
import { jsonProtocol, type AwsProtocol, type AwsRequest } from './protocol.ts';

export interface KinesisPlace {
  readonly accountId: string;
  readonly clock: Clock;
}

type Input = Readonly<Record<string, unknown>>;

/** Limits of the API reference: PutRecords, GetRecords, ListShards, DescribeStream, ListStreams. */
const mostRecordsPut = 500;
const mostBytesPut = 10 << 20;
const mostRecordsRead = 10_000;
/** GetRecords answers 10 MiB at most; one more record of the largest size has to fit. */
const enoughBytesRead = 9 << 20;
const mostShardsListed = 1_000;
const mostShardsDescribed = 100;
const mostStreams = 100;

/** Kinesis Data Streams on the wire: what puts and reads records, and what shows streams and shards. */
export function kinesisProtocol(streams: LocalKinesisStreams, { accountId, clock }: KinesisPlace): AwsProtocol {
  function streamOf(input: Input, request: AwsRequest, action: string): KinesisStream {
    const { StreamARN: arn, StreamName: name } = input;
    const given = typeof arn === 'string' ? arn : name;
    if (typeof given !== 'string') throw missing('streamName');
    const stream = streams.find(given);
    request.authorize(`kinesis:${action}`, stream.definition.arn);
    return stream;
  }

  function refuseThrottled(stream: KinesisStream, { id, shard }: OpenShard, bytes: number): void {
    if (shard.admits(bytes)) return;
    const where = `shard ${id} in stream ${stream.definition.name} under account ${accountId}`;
    throw new AwsError('ProvisionedThroughputExceededException', `Rate exceeded for ${where}.`);
  }

  /** The record of a shard of which an iterator of this kind says the place. */
  function placeOf(
    stream: KinesisStream,
    { shard, index }: OpenShard,
    input: Input,
  ): Pick<ShardIterator, 'sequence' | 'since'> {
    const { ShardIteratorType: type, StartingSequenceNumber: given, Timestamp: time } = input;
    if (type === 'TRIM_HORIZON') return { sequence: shard.first };
    if (type === 'LATEST') return { sequence: shard.end };
    if (type === 'AT_TIMESTAMP') {
      if (typeof time !== 'number')
        throw invalidArgument('AT_TIMESTAMP needs a Timestamp, in seconds since the epoch.');
      const since = time * 1000;
      if (since > clock())
        throw invalidArgument('The timestampInMillis parameter cannot be greater than the current time.');
      return { sequence: shard.placeAt(since), since };
    }
    if (type !== 'AT_SEQUENCE_NUMBER' && type !== 'AFTER_SEQUENCE_NUMBER') {
      const kinds = '[AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]';
      throw notOneOf('shardIteratorType', type, kinds);
    }
    const place = typeof given === 'string' ? readSequenceNumber(given) : undefined;
    if (place === undefined || place.shard !== index) {
      throw invalidArgument(
        `StartingSequenceNumber ${String(given)} used in GetShardIterator is not one of this shard.`,
      );
    }
    // Numbers of a stream that was here before are smaller than all of this one's.
    if (place.epoch !== stream.createdAt) return { sequence: shard.first };
    return { sequence: type === 'AT_SEQUENCE_NUMBER' ? place.sequence : place.sequence + 1 };
  }

  async function put(stream: KinesisStream, { id, index, shard }: OpenShard, records: readonly NewRecord[]) {
    const first = await shard.put(records).catch(() => {
      throw new AwsError('InternalFailure', `${id} cannot be written.`, 500);
    });
    stream.changed.notify();
    return records.map((_, i) => ({
      SequenceNumber: sequenceNumber({ epoch: stream.createdAt, shard: index, sequence: first + i }),
      ShardId: id,
    }));
  }

  return jsonProtocol('kinesis', {
    async PutRecord(input, request) {
      const stream = streamOf(input, request, 'PutRecord');
      const record = recordOf(stream, input, '');
      const target = stream.shardFor(record.partitionKey, record.hashKey);
      refuseThrottled(stream, target, sizeOf(record));
      const [outcome] = await put(stream, target, [record]);
      return { ...outcome, ...encryptionOf(stream) };
    },

    async PutRecords(input, request) {
      const stream = streamOf(input, request, 'PutRecords');
      if (!Array.isArray(input.Records)) throw missing('records');
      const { length } = input.Records;
      if (length < 1 || length > mostRecordsPut)
        throw invalidLength('records', length < 1 ? 'greater' : 'less', length < 1 ? 1 : mostRecordsPut);
      const records = (input.Records as unknown[]).map((one, i) => recordOf(stream, one, `records.${i + 1}.member.`));
      if (records.reduce((sum, one) => sum + sizeOf(one), 0) > mostBytesPut) {
        throw invalidArgument('Records size exceeds 10 MB limit');
      }
      const results = await putEach(stream, records);
      return {
        FailedRecordCount: results.filter((one) => 'ErrorCode' in one).length,
        Records: results,
        ...encryptionOf(stream),
      };
    },

    async GetShardIterator(input, request) {
      const stream = streamOf(input, request, 'GetShardIterator');
      const shard = shardOf(stream, input.ShardId, accountId);
      const place = placeOf(stream, shard, input);
      const { name } = stream.definition;
      return { ShardIterator: writeIterator({ stream: name, shardId: shard.id, ...place, issuedAt: clock() }) };
    },

    async GetRecords(input, request) {
      const iterator = typeof input.ShardIterator === 'string' ? readIterator(input.ShardIterator) : undefined;
      if (iterator === undefined) throw invalidArgument('Invalid ShardIterator.');
      const stream = streams.find(iterator.stream);
      request.authorize('kinesis:GetRecords', stream.definition.arn);
      const now = clock();
      if (now - iterator.issuedAt > iteratorMilliseconds) {
        const age = `Iterator expired. The iterator was created at ${new Date(iterator.issuedAt).toISOString()}`;
        throw new AwsError('ExpiredIteratorException', `${age} and is used at ${new Date(now).toISOString()}.`);
      }
      const limit = numberOf(input.Limit, 'limit', mostRecordsRead, mostRecordsRead);
      const { index, shard, isClosed } = shardOf(stream, iterator.shardId, accountId);
      const { records, next } = await shard.read(iterator.sequence, {
        records: limit,
        bytes: enoughBytesRead,
        ...(iterator.since !== undefined && { since: iterator.since }),
      });
      const isAtEnd = next >= shard.end;
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

  /** A batch is stored in part where a shard has no room, or cannot be written. */
  async function putEach(
    stream: KinesisStream,
    records: readonly NewRecord[],
  ): Promise<readonly Record<string, unknown>[]> {
    const results: Record<string, unknown>[] = [];
    const perShard = new Map<string, { readonly target: OpenShard; readonly at: number[] }>();
    for (const [at, record] of records.entries()) {
      const target = stream.shardFor(record.partitionKey, record.hashKey);
      try {
        refuseThrottled(stream, target, sizeOf(record));
        const same = perShard.get(target.id);
        if (same) same.at.push(at);
        else perShard.set(target.id, { target, at: [at] });
      } catch (error) {
        results[at] = failureOf(error);
      }
    }
    await Promise.all(
      [...perShard.values()].map(async ({ target, at }) => {
        try {
          const outcomes = await put(
            stream,
            target,
            at.map((one) => records[one]!),
          );
          for (const [i, one] of at.entries()) results[one] = outcomes[i]!;
        } catch (error) {
          for (const one of at) results[one] = failureOf(error);
        }
      }),
    );
    return results;
  }
}

interface NewRecord {
  readonly partitionKey: string;
  readonly hashKey: bigint | undefined;
  readonly data: Buffer;
}

const sizeOf = ({ partitionKey, data }: NewRecord): number => data.length + Buffer.byteLength(partitionKey);

function failureOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof AwsError)) throw error;
  return { ErrorCode: error.code, ErrorMessage: error.message };
}

function recordOf({ settings }: KinesisStream, given: unknown, path: string): NewRecord {
  const { PartitionKey: partitionKey, Data: data, ExplicitHashKey: hashKey } = (given ?? {}) as Input;
  if (typeof data !== 'string') throw missing(`${path}data`);
  if (data.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) {
    throw new AwsError('SerializationException', `${path}data is not a base64 string`);
  }
  if (typeof partitionKey !== 'string') throw missing(`${path}partitionKey`);
  if (partitionKey === '') throw invalidLength(`${path}partitionKey`, 'greater', 1);
  // Kinesis counts characters of Unicode.
  if ([...partitionKey].length > 256) throw invalidLength(`${path}partitionKey`, 'less', 256);
  const record = { partitionKey, hashKey: hashKeyOf(hashKey), data: Buffer.from(data, 'base64') };
  const most = settings.maxRecordKibibytes << 10;
  // Data and partition key count together (PutRecord, API reference).
  if (sizeOf(record) > most) throw invalidLength(`${path}data`, 'less', most);
  return record;
}

function hashKeyOf(given: unknown): bigint | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given === 'string' && /^(0|[1-9]\d{0,38})$/.test(given) && BigInt(given) < hashKeys) return BigInt(given);
  throw invalidArgument(
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${String(given)}`,
  );
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

function shardDescription(stream: KinesisStream, { id, index, range, parents, isClosed, shard }: OpenShard) {
  const number = (sequence: number) => sequenceNumber({ epoch: stream.createdAt, shard: index, sequence });
  const [parent, adjacent] = parents;
  return {
    ShardId: id,
    ...(parent !== undefined && { ParentShardId: shardIdOf(parent) }),
    ...(adjacent !== undefined && { AdjacentParentShardId: shardIdOf(adjacent) }),
    HashKeyRange: { StartingHashKey: String(range.start), EndingHashKey: String(range.end) },
    SequenceNumberRange: {
      StartingSequenceNumber: number(0),
      ...(isClosed && { EndingSequenceNumber: number(shard.end) }),
    },
  };
}

function childrenOf(stream: KinesisStream, parent: number) {
  return stream
    .shards()
    .filter(({ parents }) => parents.includes(parent))
    .map(({ id, range, parents }) => ({
      ShardId: id,
      ParentShards: parents.map(shardIdOf),
      HashKeyRange: { StartingHashKey: String(range.start), EndingHashKey: String(range.end) },
    }));
}

const summary = ({ definition, settings, createdAt }: KinesisStream) => ({
  StreamName: definition.name,
  StreamARN: definition.arn,
  StreamStatus: 'ACTIVE',
  StreamModeDetails: { StreamMode: settings.mode },
  StreamCreationTimestamp: createdAt,
});

const describe = (stream: KinesisStream) => ({
  ...summary(stream),
  RetentionPeriodHours: stream.settings.retentionHours,
  EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
  ...(stream.settings.keyId === undefined
    ? { EncryptionType: 'NONE' }
    : { EncryptionType: 'KMS', KeyId: stream.settings.keyId }),
});

const encryptionOf = ({ settings }: KinesisStream) => ({
  EncryptionType: settings.keyId === undefined ? 'NONE' : 'KMS',
});

function splitToken(token: string): readonly [string, string] {
  const slash = token.lastIndexOf('/');
  return [token.slice(0, slash), token.slice(slash + 1)];
}

function numberOf(given: unknown, name: string, otherwise: number, most: number): number {
  if (given === undefined || given === null) return otherwise;
  if (typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= most) return given;
  const tooSmall = !(Number(given) >= 1);
  throw validation(
    `Value '${String(given)}' at '${name}' failed to satisfy constraint: Member must have value ${tooSmall ? 'greater' : 'less'} than or equal to ${tooSmall ? 1 : most}`,
  );
}

function invalidLength(path: string, side: 'greater' | 'less', length: number): AwsError {
  return validation(
    `Value at '${path}' failed to satisfy constraint: Member must have length ${side} than or equal to ${length}`,
  );
}

function notOneOf(path: string, given: unknown, values: string): AwsError {
  if (typeof given !== 'string') return missing(path);
  return validation(
    `Value '${given}' at '${path}' failed to satisfy constraint: Member must satisfy enum value set: ${values}`,
  );
}

const missing = (path: string): AwsError =>
  validation(`Value null at '${path}' failed to satisfy constraint: Member must not be null`);

const validation = (what: string): AwsError =>
  new AwsError('ValidationException', `1 validation error detected: ${what}`);

const invalidArgument = (message: string): AwsError => new AwsError('InvalidArgumentException', message);
