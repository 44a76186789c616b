import { sequenceNumber } from '../../kinesis/sequence-number.ts';
import { shardIdOf, type KinesisStream, type OpenShard } from '../../kinesis/stream.ts';

/** A `Shard` as DescribeStream and ListShards answer it. */
export function shardDescription(stream: KinesisStream, { id, index, range, parents, isClosed, shard }: OpenShard) {
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

/** The `ChildShards` that took over the hash keys of a shard. */
export function childrenOf(stream: KinesisStream, parent: number) {
  return stream
    .shards()
    .filter(({ parents }) => parents.includes(parent))
    .map(({ id, range, parents }) => ({
      ShardId: id,
      ParentShards: parents.map(shardIdOf),
      HashKeyRange: { StartingHashKey: String(range.start), EndingHashKey: String(range.end) },
    }));
}

/** A `StreamSummary` as ListStreams answers it. */
export const summary = ({ definition, settings, createdAt }: KinesisStream) => ({
  StreamName: definition.name,
  StreamARN: definition.arn,
  StreamStatus: 'ACTIVE',
  StreamModeDetails: { StreamMode: settings.mode },
  StreamCreationTimestamp: createdAt,
});

/** What both descriptions of a stream say. */
export const describe = (stream: KinesisStream) => ({
  ...summary(stream),
  RetentionPeriodHours: stream.settings.retentionHours,
  EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
  ...(stream.settings.keyId === undefined
    ? { EncryptionType: 'NONE' }
    : { EncryptionType: 'KMS', KeyId: stream.settings.keyId }),
});

/** How records are encrypted, as every answer about records says. */
export const encryptionOf = ({ settings }: KinesisStream) => ({
  EncryptionType: settings.keyId === undefined ? 'NONE' : 'KMS',
});
