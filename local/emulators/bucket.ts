import type { Emulator, Properties } from '../runtime.ts';

/** `AWS::S3::Bucket`: a folder of the data directory. */
export const bucket: Emulator = {
  types: ['AWS::S3::Bucket'],
  async start({ properties, generatedName }, { objects, lifecycle, partition, region }) {
    // CloudFormation gives buckets their generated name in lower case, the only one they may have.
    const name = typeof properties.BucketName === 'string' ? properties.BucketName : generatedName.toLowerCase();
    await objects.createBucket(name);
    if (sendsEvents(properties.NotificationConfiguration)) objects.announcePuts(name);
    lifecycle.define(name, properties.LifecycleConfiguration);
    return {
      ref: name,
      attributes: {
        Arn: `arn:${partition}:s3:::${name}`,
        DomainName: `${name}.s3.amazonaws.com`,
        DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
        WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
      },
    };
  },
};

/** Whether the bucket sends events to EventBridge. Throws on notifications that have no stand-in. */
function sendsEvents(configuration: unknown): boolean {
  const { EventBridgeConfiguration, ...others } = (configuration ?? {}) as Properties;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new Error(`${other} of a bucket has no stand-in; its events through EventBridge have`);
  const { EventBridgeEnabled = true } = (EventBridgeConfiguration ?? { EventBridgeEnabled: false }) as Properties;
  return String(EventBridgeEnabled) === 'true';
}
