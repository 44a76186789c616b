import type { PolicyDocument } from '../policy/access.ts';
import type { Emulator } from '../runtime.ts';

interface BucketPolicyProperties {
  readonly Bucket: string;
  readonly PolicyDocument: PolicyDocument;
}

/** Who may use a bucket and its objects. */
export const bucketPolicy: Emulator = {
  types: ['AWS::S3::BucketPolicy'],
  async start(resource, { credentials, partition }) {
    const { Bucket, PolicyDocument } = resource.properties as unknown as BucketPolicyProperties;
    const arn = `arn:${partition}:s3:::${Bucket}`;
    credentials.definePolicy(arn, PolicyDocument, `${resource.stack}/${resource.logicalId}`);
    return { ref: Bucket };
  },
};
