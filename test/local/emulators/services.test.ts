import { describe, expect, it } from 'vitest';
import { bucket } from '../../../local/emulators/bucket.ts';
import { network } from '../../../local/emulators/network.ts';
import type { Resource, Runtime } from '../../../local/runtime.ts';

const aResource = (type: string, properties: Record<string, unknown> = {}): Resource => ({
  stack: 'game',
  logicalId: 'One',
  type,
  properties,
  generatedName: 'game-one-1',
});

/** Buckets that tell EventBridge of what is put. */
async function started(NotificationConfiguration?: object): Promise<readonly string[]> {
  const announcing: string[] = [];
  const objects = { createBucket: async () => undefined, announcePuts: (name: string) => void announcing.push(name) };
  const lifecycle = { define: () => undefined };
  const resource = aResource('AWS::S3::Bucket', { BucketName: 'lake', NotificationConfiguration });
  await bucket.start(resource, { objects, lifecycle } as unknown as Runtime);
  return announcing;
}

describe('a network', () => {
  it('has ids that stay the same, and what its template says', async () => {
    const runtime = {} as Runtime;
    const vpc = await network.start(aResource('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/24' }), runtime);
    expect(vpc.ref).toMatch(/^vpc-[0-9a-f]{17}$/);
    expect(vpc.attributes).toMatchObject({ VpcId: vpc.ref, CidrBlock: '10.0.0.0/24' });
    expect((await network.start(aResource('AWS::EC2::VPC'), runtime)).ref).toBe(vpc.ref);
    const group = await network.start(aResource('AWS::EC2::SecurityGroup', { VpcId: vpc.ref }), runtime);
    expect(group.attributes).toMatchObject({ GroupId: group.ref, VpcId: vpc.ref });
  });
});

describe('a bucket', () => {
  it('tells EventBridge of what is put where its template switches that on', async () => {
    expect(await started()).toEqual([]);
    expect(await started({ EventBridgeConfiguration: {} })).toEqual(['lake']);
    expect(await started({ EventBridgeConfiguration: { EventBridgeEnabled: false } })).toEqual([]);
    await expect(started({ QueueConfigurations: [] })).rejects.toThrow(
      'QueueConfigurations of a bucket has no stand-in',
    );
  });
});
