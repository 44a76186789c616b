import type { Emulator } from '../runtime.ts';

interface PolicyProperties {
  /** Name or ARN. */
  readonly SecretId: string;
  readonly ResourcePolicy: unknown;
}

/** A secret's own policy. */
export const secretPolicy: Emulator = {
  types: ['AWS::SecretsManager::ResourcePolicy'],
  async start(resource, { secrets }) {
    const { SecretId, ResourcePolicy } = resource.properties as unknown as PolicyProperties;
    secrets.definePolicy(SecretId, ResourcePolicy);
    return { ref: SecretId, attributes: { Id: SecretId } };
  },
};
