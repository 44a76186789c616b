import { describe, expect, it, vi } from 'vitest';
import { bucket } from '../../../local/emulators/bucket.ts';
import { deliveryStream } from '../../../local/emulators/delivery-stream.ts';
import { kmsAlias } from '../../../local/emulators/kms-alias.ts';
import { kmsKey } from '../../../local/emulators/kms-key.ts';
import { secretPolicy } from '../../../local/emulators/secret-policy.ts';
import { secret } from '../../../local/emulators/secret.ts';
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
    const runtime = { ...place, objects, lifecycle: { define: () => undefined } } as unknown as Runtime;
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

describe('a table with a time to live', () => {
  it('has its expired items deleted some time after everything has started, and once a day', async () => {
    const expired: unknown[][] = [];
    const tables = {
      createTable: async () => undefined,
      expireItems: async (...what: unknown[]) => {
        expired.push(what);
        return 0;
      },
    };
    const runtime = { ...place, tables, clock: () => 1_795_000_000_500 } as unknown as Runtime;
    const off = await table.start(
      aResource({ TimeToLiveSpecification: { AttributeName: 'x', Enabled: false } }),
      runtime,
    );
    expect(off.ready).toBeUndefined();
    const TimeToLiveSpecification = { AttributeName: 'expires_at', Enabled: true };
    const started = await table.start(aResource({ TimeToLiveSpecification }), runtime);
    expect(expired).toEqual([]);
    vi.useFakeTimers();
    try {
      await started.ready?.();
      await vi.advanceTimersByTimeAsync(299_000);
      expect(expired).toEqual([]);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(expired).toEqual([['generated-name', 'expires_at', 1_795_000_000]]);
      await vi.advanceTimersByTimeAsync(86_400_000);
      expect(expired).toHaveLength(2);
      await started.stop?.();
      await vi.advanceTimersByTimeAsync(86_400_000);
      expect(expired).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('key and secret', () => {
  it('give the values that CloudFormation gives: an id or an ARN', async () => {
    const defined: unknown[][] = [];
    const keys = {
      defineKey: async (id: string) => `arn:aws:kms:us-east-1:000000000000:key/${id}`,
      defineAlias: (...alias: unknown[]) => void defined.push(alias),
    };
    const secrets = {
      define: async (name: string) => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-abc123`,
      arnOf: (reference: string) => reference,
    };
    const credentials = { definePolicy: (...what: unknown[]) => void defined.push(what) };
    const runtime = { ...place, keys, secrets, credentials } as unknown as Runtime;
    const KeyPolicy = { Statement: [] };
    const { ref, attributes } = await kmsKey.start(aResource({ KeyPolicy }), runtime);
    expect(ref).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(attributes).toEqual({ Arn: `arn:aws:kms:us-east-1:000000000000:key/${ref}`, KeyId: ref });
    expect((await kmsKey.start(aResource(), runtime)).ref).toBe(ref);
    expect(await kmsAlias.start(aResource({ AliasName: 'alias/pii', TargetKeyId: ref }), runtime)).toEqual({
      ref: 'alias/pii',
    });
    const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:generated-name-abc123';
    expect(await secret.start(aResource(), runtime)).toEqual({ ref: arn, attributes: { Id: arn } });
    await secretPolicy.start(aResource({ SecretId: arn, ResourcePolicy: {} }), runtime);
    expect(defined).toEqual([
      [attributes?.Arn, KeyPolicy, expect.anything()],
      [attributes?.Arn, undefined, expect.anything()],
      ['alias/pii', ref],
      [arn, {}, expect.anything()],
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
