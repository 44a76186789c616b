import { describe, expect, it } from 'vitest';
import { bucket } from '../../../local/emulators/bucket.ts';
import { deliveryStream } from '../../../local/emulators/delivery-stream.ts';
import { table } from '../../../local/emulators/table.ts';
import type { DeliveryStreamDefinition, Resource, Runtime } from '../../../local/runtime.ts';

const place = { partition: 'aws', region: 'us-east-1', accountId: '000000000000' };

function aResource(properties: Readonly<Record<string, unknown>> = {}): Resource {
  return { stack: 'stack', logicalId: 'Id', type: 'Type', properties, generatedName: 'generated-name' };
}

describe('bucket', () => {
  it('is made with the name of the template, or a generated one', async () => {
    const made: string[] = [];
    const objects = { createBucket: async (name: string) => void made.push(name) };
    const runtime = { ...place, objects } as unknown as Runtime;
    expect(await bucket.start(aResource({ BucketName: 'my-lake' }), runtime)).toMatchObject({ ref: 'my-lake' });
    expect(await bucket.start(aResource(), runtime)).toMatchObject({
      ref: 'generated-name',
      attributes: {
        Arn: 'arn:aws:s3:::generated-name',
        RegionalDomainName: 'generated-name.s3.us-east-1.amazonaws.com',
      },
    });
    expect(made).toEqual(['my-lake', 'generated-name']);
  });
});

describe('table', () => {
  it('gets keys and indexes of either resource type, and capacity that never throttles', async () => {
    const made: Readonly<Record<string, unknown>>[] = [];
    const tables = { createTable: async (input: Readonly<Record<string, unknown>>) => void made.push(input) };
    const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' }];
    const AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'S' }];
    const index = { IndexName: 'by_game', KeySchema, Projection: { ProjectionType: 'ALL' }, OnDemandThroughput: {} };
    const properties = {
      KeySchema,
      AttributeDefinitions,
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [index],
    };

    const started = await table.start(aResource(properties), { ...place, tables } as unknown as Runtime);

    expect(started).toMatchObject({
      ref: 'generated-name',
      attributes: { Arn: 'arn:aws:dynamodb:us-east-1:000000000000:table/generated-name' },
    });
    const ProvisionedThroughput = { ReadCapacityUnits: 1_000_000, WriteCapacityUnits: 1_000_000 };
    const { IndexName, Projection } = index;
    expect(made).toEqual([
      {
        TableName: 'generated-name',
        KeySchema,
        AttributeDefinitions,
        ProvisionedThroughput,
        GlobalSecondaryIndexes: [{ IndexName, KeySchema, Projection, ProvisionedThroughput }],
      },
    ]);
  });
});

describe('delivery stream', () => {
  it('takes records from the start and delivers once every resource runs', async () => {
    const calls: string[] = [];
    const definitions: DeliveryStreamDefinition[] = [];
    const streams = {
      async define(definition: DeliveryStreamDefinition) {
        definitions.push(definition);
        return { start: () => void calls.push('start'), stop: async () => void calls.push('stop') };
      },
    };
    const properties = { ExtendedS3DestinationConfiguration: {} };
    const started = await deliveryStream.start(aResource(properties), { ...place, streams } as unknown as Runtime);

    const arn = 'arn:aws:firehose:us-east-1:000000000000:deliverystream/generated-name';
    expect(started).toMatchObject({ ref: 'generated-name', attributes: { Arn: arn } });
    expect(definitions).toEqual([{ name: 'generated-name', arn, properties }]);
    expect(calls).toEqual([]);
    await started.ready?.();
    await started.stop?.();
    expect(calls).toEqual(['start', 'stop']);
  });
});
