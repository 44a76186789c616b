import { describe, expect, it } from 'vitest';
import type { CloudStacks } from '../../../cli/deploy/cloud-stacks.ts';
import { runDeploy } from '../../../cli/deploy/run-deploy.ts';
import type { StackTemplate, TemplateResource } from '../../../cli/deploy/stack-template.ts';
import { UsageError } from '../../../cli/run-cli.ts';

interface Shape {
  readonly isProtected?: boolean;
  readonly policy?: 'Retain' | 'Delete';
  readonly bucket?: string;
  readonly rawDays?: number;
  readonly resultDays?: number;
  readonly hasKeys?: boolean;
}

const expire = (Prefix: string, ExpirationInDays: number) => ({ Status: 'Enabled', Prefix, ExpirationInDays });

/** The storage stack of a deployment, as far as it says what is kept. */
function storage({ isProtected = true, policy = 'Retain', ...shape }: Shape = {}): StackTemplate {
  const { bucket = 'lake', rawDays = 730, resultDays = 7, hasKeys = true } = shape;
  const table = (KeySchema: string): TemplateResource => ({
    Type: 'AWS::DynamoDB::GlobalTable',
    DeletionPolicy: policy,
    Properties: { KeySchema, Replicas: [{ DeletionProtectionEnabled: isProtected }] },
  });
  return {
    Resources: {
      Games: table('application_id'),
      ...(hasKeys && { PlayerKeys: table('key_id') }),
      Lake: {
        Type: 'AWS::S3::Bucket',
        DeletionPolicy: policy,
        Properties: {
          BucketName: bucket,
          LifecycleConfiguration: { Rules: [expire('raw_events/', rawDays), expire('athena-results/', resultDays)] },
        },
      },
    },
  };
}

/** Says whether it came to a deployment. */
async function deploy(before: Shape, after: Shape, replace: readonly string[] = []): Promise<boolean> {
  let isDeployed = false;
  const outputs = new Map(
    ['ApiUrl', 'LakeBucket', 'Database', 'WorkGroup', 'DeliveryStream', 'Workflow'].map((key) => [key, 'x']),
  );
  const find: CloudStacks['find'] = async (name) =>
    name === 'g-storage'
      ? {
          name,
          stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/g-storage/1',
          template: storage(before),
          outputs,
          exports: new Map(),
          physicalIds: new Map(),
        }
      : undefined;
  await runDeploy(
    { workload: 'g', templates: new Map([['g-storage', storage(after)]]), replace },
    {
      cloud: { find, update: async () => undefined, delete: async () => undefined },
      streams: { find: async () => [], delete: async () => undefined },
      now: Date.now,
      deployAll: async () => void (isDeployed = true),
      backfill: async () => '',
      confirm: async () => true,
      print: () => undefined,
    },
  );
  return isDeployed;
}

const protectedData = /destroy data that is protected[\s\S]*DATA_PROTECTION: false and deploy that alone/;

describe('what destroys data', () => {
  it.each<[string, Shape, string]>([
    ['replaces a bucket', { bucket: 'another' }, 'Lake'],
    ['removes a table', { hasKeys: false }, 'PlayerKeys'],
    ['lets raw events expire earlier', { rawDays: 30 }, 'Lake'],
    ['no longer keeps data when its stack goes', { policy: 'Delete', isProtected: false }, 'Games'],
  ])('%s: needs protection off, deployed so before, and its name', async (_, change, name) => {
    const names = [...new Set([name, ...(change.policy === 'Delete' ? ['PlayerKeys', 'Lake'] : [])])];
    await expect(deploy({}, change)).rejects.toThrow(protectedData);
    // The second key alone opens nothing; nor do both at once, since protection is still on where it counts.
    await expect(deploy({}, change, names)).rejects.toThrow(protectedData);
    await expect(deploy({}, { ...change, isProtected: false }, names)).rejects.toThrow(UsageError);
    // Nor does the first.
    const off = { isProtected: false };
    await expect(deploy(off, { ...off, ...change })).rejects.toThrow(`--replace ${name}`);
    expect(await deploy(off, { ...off, ...change }, names)).toBe(true);
  });

  it('is not what turns protection off, keeps things longer, or lets results expire', async () => {
    expect(await deploy({}, { isProtected: false })).toBe(true);
    expect(await deploy({}, { rawDays: 900, resultDays: 1 })).toBe(true);
  });

  it('needs no key in DEV_MODE, but for the name of what would be replaced', async () => {
    const dev: Shape = { policy: 'Delete', isProtected: false };
    expect(await deploy(dev, { ...dev, rawDays: 1 })).toBe(true);
    await expect(deploy(dev, { ...dev, bucket: 'another' })).rejects.toThrow('--replace Lake');
  });
});
