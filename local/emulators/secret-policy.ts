import type { PolicyDocument } from '../policy/access.ts';
import type { Emulator } from '../runtime.ts';

interface PolicyProperties {
  /** Name or ARN. */
  readonly SecretId: string;
  readonly ResourcePolicy: PolicyDocument;
}

/** A secret's own policy. */
export const secretPolicy: Emulator = {
  types: ['AWS::SecretsManager::ResourcePolicy'],
  async start(resource, { credentials, secrets }) {
    const { SecretId, ResourcePolicy } = resource.properties as unknown as PolicyProperties;
    credentials.definePolicy(secrets.arnOf(SecretId), ResourcePolicy, `${resource.stack}/${resource.logicalId}`);
    return { ref: SecretId, attributes: { Id: SecretId } };
  },
};
