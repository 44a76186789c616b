import {
  DescribeDeliveryStreamCommand,
  FirehoseClient,
  ListDeliveryStreamsCommand,
  PutRecordBatchCommand,
  PutRecordCommand,
} from '@aws-sdk/client-firehose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { firehoseProtocol } from '../../../local/aws-api/firehose.ts';
import { AwsError, type DeliveryStreams } from '../../../local/runtime.ts';
import { anAwsEndpoint, type AwsEndpoint } from '../../support/an-aws-endpoint.ts';

const arn = 'arn:aws:firehose:eu-central-1:000000000000:deliverystream/events';
let endpoint: AwsEndpoint;
let client: FirehoseClient;
let taken: string[] = [];

/** Takes everything but records that say `throttle`. */
const streams: Pick<DeliveryStreams, 'names' | 'putRecord' | 'putRecordBatch' | 'describe'> = {
  names: () => ['a', 'b', 'events'],
  async putRecord(_stream, data) {
    if (data.toString() === 'throttle') throw new AwsError('ServiceUnavailableException', 'Slow down.', 503);
    taken.push(data.toString());
    return { recordId: 'id' };
  },
  async putRecordBatch(_stream, data) {
    return data.map((one) =>
      one.toString() === 'throttle'
        ? { errorCode: 'ServiceUnavailableException', errorMessage: 'Slow down.' }
        : { recordId: `id of ${one.toString()}` },
    );
  },
  describe(name) {
    if (name !== 'events') throw new AwsError('ResourceNotFoundException', `Firehose ${name} not found.`);
    return { DeliveryStreamName: name, DeliveryStreamARN: arn, DeliveryStreamStatus: 'ACTIVE' };
  },
};

beforeAll(async () => {
  endpoint = await anAwsEndpoint(firehoseProtocol(streams as DeliveryStreams));
  client = new FirehoseClient(endpoint.clientConfig);
});
beforeEach(() => {
  taken = [];
  endpoint.deny = false;
  endpoint.authorized.length = 0;
});
afterAll(async () => {
  client.destroy();
  await endpoint.close();
});

const DeliveryStreamName = 'events';
const put = (text: string, name = DeliveryStreamName) =>
  client.send(new PutRecordCommand({ DeliveryStreamName: name, Record: { Data: Buffer.from(text) } }));

describe('Firehose', () => {
  it('takes records, byte for byte', async () => {
    expect(await put('ü\n')).toMatchObject({ RecordId: 'id', Encrypted: false });
    expect(taken).toEqual(['ü\n']);
    expect(endpoint.authorized).toEqual([['firehose:PutRecord', arn]]);
  });

  it('answers a batch record by record', async () => {
    const Records = ['a', 'throttle'].map((text) => ({ Data: Buffer.from(text) }));
    const answer = await client.send(new PutRecordBatchCommand({ DeliveryStreamName, Records }));
    expect(answer.FailedPutCount).toBe(1);
    expect(answer.RequestResponses).toEqual([
      { RecordId: 'id of a' },
      { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' },
    ]);
  });

  it('says by its errors what to do', async () => {
    await expect(put('throttle')).rejects.toMatchObject({
      name: 'ServiceUnavailableException',
      $metadata: { httpStatusCode: 503 },
    });
    await expect(put('a', 'other')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 400 },
    });
    const noData = new PutRecordCommand({ DeliveryStreamName, Record: { Data: undefined } });
    await expect(client.send(noData)).rejects.toMatchObject({ name: 'ValidationException' });
    endpoint.deny = true;
    await expect(put('a')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(taken).toEqual([]);
  });

  it('describes and lists streams, page by page', async () => {
    const { DeliveryStreamDescription } = await client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName }));
    expect(DeliveryStreamDescription).toMatchObject({ DeliveryStreamName, DeliveryStreamARN: arn });
    const first = await client.send(new ListDeliveryStreamsCommand({ Limit: 2 }));
    expect(first).toMatchObject({ DeliveryStreamNames: ['a', 'b'], HasMoreDeliveryStreams: true });
    const rest = await client.send(new ListDeliveryStreamsCommand({ ExclusiveStartDeliveryStreamName: 'b' }));
    expect(rest).toMatchObject({ DeliveryStreamNames: ['events'], HasMoreDeliveryStreams: false });
  });
});
