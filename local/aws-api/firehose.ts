import { readBase64 } from '../base64.ts';
import { AwsError, type DeliveryStreams } from '../runtime.ts';
import { jsonProtocol, type AwsProtocol } from './protocol.ts';

/** Data Firehose on the wire, as far as senders and tools need it. */
export function firehoseProtocol(streams: DeliveryStreams): AwsProtocol {
  return jsonProtocol('firehose', {
    PutRecord(input, request) {
      const name = streamName(input);
      request.authorize('firehose:PutRecord', arnOf(streams, name));
      return putRecord(streams, name, recordData(input.Record, 'record'));
    },

    async PutRecordBatch(input, request) {
      const name = streamName(input);
      request.authorize('firehose:PutRecordBatch', arnOf(streams, name));
      if (!Array.isArray(input.Records)) throw missing('records');
      const data = input.Records.map((record, i) => recordData(record, `records.${i + 1}.member`));
      const outcomes = await streams.putRecordBatch(name, data);
      return {
        Encrypted: false,
        FailedPutCount: outcomes.filter((outcome) => 'errorCode' in outcome).length,
        RequestResponses: outcomes.map((outcome) =>
          'recordId' in outcome
            ? { RecordId: outcome.recordId }
            : { ErrorCode: outcome.errorCode, ErrorMessage: outcome.errorMessage },
        ),
      };
    },

    async DescribeDeliveryStream(input, request) {
      const name = streamName(input);
      request.authorize('firehose:DescribeDeliveryStream', arnOf(streams, name));
      return { DeliveryStreamDescription: streams.describe(name) };
    },

    async ListDeliveryStreams(input, request) {
      request.authorize('firehose:ListDeliveryStreams', '*');
      const limit = typeof input.Limit === 'number' ? input.Limit : 10;
      const after = input.ExclusiveStartDeliveryStreamName;
      const names = streams.names().filter((name) => typeof after !== 'string' || name > after);
      return { DeliveryStreamNames: names.slice(0, limit), HasMoreDeliveryStreams: names.length > limit };
    },
  });
}

/** By itself, so that the record's text is not kept until the record is on disk. */
async function putRecord(streams: DeliveryStreams, name: string, data: Buffer): Promise<object> {
  const { recordId } = await streams.putRecord(name, data);
  return { RecordId: recordId, Encrypted: false };
}

type Input = Readonly<Record<string, unknown>>;

function streamName({ DeliveryStreamName: name }: Input): string {
  if (typeof name !== 'string') throw missing('deliveryStreamName');
  return name;
}

function arnOf(streams: DeliveryStreams, name: string): string {
  return String(streams.describe(name).DeliveryStreamARN);
}

function recordData(record: unknown, path: string): Buffer {
  if (typeof record !== 'object' || record === null) throw missing(path);
  const data = 'Data' in record ? record.Data : undefined;
  if (data === undefined || data === null) throw missing(`${path}.data`);
  const bytes = typeof data === 'string' ? readBase64(data) : undefined;
  if (bytes === undefined) throw new AwsError('SerializationException', `${path}.data is not a base64 string`);
  return bytes;
}

function missing(path: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  );
}
