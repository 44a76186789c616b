import { readSequenceNumber } from '../../kinesis/sequence-number.ts';
import type { ShardIterator } from '../../kinesis/shard-iterator.ts';
import type { KinesisStream, OpenShard } from '../../kinesis/stream.ts';
import { invalidArgument, notOneOf, type Input } from './input.ts';

/** Where an iterator begins that is asked for with this input. Throws AwsError: InvalidArgumentException, ValidationException. */
export function placeOf(
  stream: KinesisStream,
  { shard, index }: OpenShard,
  input: Input,
  now: number,
): Pick<ShardIterator, 'sequence' | 'since'> {
  const { ShardIteratorType: type, StartingSequenceNumber: given, Timestamp: time } = input;
  if (type === 'TRIM_HORIZON') return { sequence: shard.first };
  if (type === 'LATEST') return { sequence: shard.end };
  if (type === 'AT_TIMESTAMP') {
    if (typeof time !== 'number') throw invalidArgument('AT_TIMESTAMP needs a Timestamp, in seconds since the epoch.');
    const since = time * 1000;
    if (since > now) throw invalidArgument('The timestampInMillis parameter cannot be greater than the current time.');
    return { sequence: shard.placeAt(since), since };
  }
  if (type !== 'AT_SEQUENCE_NUMBER' && type !== 'AFTER_SEQUENCE_NUMBER') {
    const kinds = '[AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]';
    throw notOneOf('shardIteratorType', type, kinds);
  }
  const place = typeof given === 'string' ? readSequenceNumber(given) : undefined;
  if (place === undefined || place.shard !== index) {
    throw invalidArgument(`StartingSequenceNumber ${String(given)} used in GetShardIterator is not one of this shard.`);
  }
  // Numbers of a stream that was here before are smaller than all of this one's.
  if (place.epoch !== stream.createdAt) return { sequence: shard.first };
  return { sequence: type === 'AT_SEQUENCE_NUMBER' ? place.sequence : place.sequence + 1 };
}
