import type { PolicyDocument } from '../policy/access.ts';
import type { Emulator } from '../runtime.ts';

interface TopicPolicyProperties {
  readonly PolicyDocument: PolicyDocument;
  readonly Topics: readonly string[];
}

/** Who may publish to topics. */
export const topicPolicy: Emulator = {
  types: ['AWS::SNS::TopicPolicy'],
  async start(resource, { credentials }) {
    const { PolicyDocument, Topics } = resource.properties as unknown as TopicPolicyProperties;
    for (const arn of Topics) {
      credentials.definePolicy(arn, PolicyDocument, `${resource.stack}/${resource.logicalId}`);
    }
    return { ref: resource.generatedName };
  },
};
