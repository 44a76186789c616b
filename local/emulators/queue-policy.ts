import type { Emulator } from '../runtime.ts';

interface QueuePolicyProperties {
  readonly PolicyDocument: { readonly Statement?: unknown };
  /** URLs. */
  readonly Queues: readonly string[];
}

/** Who may use queues. */
export const queuePolicy: Emulator = {
  types: ['AWS::SQS::QueuePolicy'],
  async start(resource, { queues }) {
    const { PolicyDocument, Queues } = resource.properties as unknown as QueuePolicyProperties;
    for (const url of Queues) queues.definePolicy(url, [PolicyDocument.Statement ?? []].flat());
    return { ref: resource.generatedName, attributes: { Id: resource.generatedName } };
  },
};
