import type { PolicyDocument } from '../policy/access.ts';
import type { Emulator } from '../runtime.ts';

interface QueuePolicyProperties {
  readonly PolicyDocument: PolicyDocument;
  /** URLs. */
  readonly Queues: readonly string[];
}

/** Who may use queues. */
export const queuePolicy: Emulator = {
  types: ['AWS::SQS::QueuePolicy'],
  async start(resource, { credentials, partition, region, accountId }) {
    const { PolicyDocument, Queues } = resource.properties as unknown as QueuePolicyProperties;
    for (const url of Queues) {
      const arn = `arn:${partition}:sqs:${region}:${accountId}:${url.slice(url.lastIndexOf('/') + 1)}`;
      credentials.definePolicy(arn, PolicyDocument, `${resource.stack}/${resource.logicalId}`);
    }
    return { ref: resource.generatedName, attributes: { Id: resource.generatedName } };
  },
};
