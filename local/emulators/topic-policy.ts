import type { Emulator } from '../runtime.ts';

interface TopicPolicyProperties {
  readonly PolicyDocument: { readonly Statement?: unknown };
  readonly Topics: readonly string[];
}

/** Who may publish to topics. */
export const topicPolicy: Emulator = {
  types: ['AWS::SNS::TopicPolicy'],
  async start(resource, { events }) {
    const { PolicyDocument, Topics } = resource.properties as unknown as TopicPolicyProperties;
    for (const arn of Topics) events.definePolicy(arn, [PolicyDocument.Statement ?? []].flat());
    return { ref: resource.generatedName };
  },
};
