import { kms } from '../../shared/aws/kms.ts';
import { secretsManager } from '../../shared/aws/secrets-manager.ts';
import { wrappingContext } from '../../shared/personal-data-keys.ts';
import { secretText } from '../../shared/secret-text.ts';
import type { KeyService } from './key-service.ts';

export interface AwsKeyServiceOptions {
  /** Id or ARN of the KMS key. */
  readonly kmsKeyId: string;
  /** ARN of the secret that keys digests. */
  readonly digestSecretId: string;
}

/** KMS and Secrets Manager. Neither is asked anything before the first event that holds personal data. */
export function awsKeyService({ kmsKeyId, digestSecretId }: AwsKeyServiceOptions): KeyService {
  const { generateDataKey, decrypt } = kms();
  return {
    async makeWrappingKey(kek) {
      const { plaintext, ciphertext } = await generateDataKey(kmsKeyId, wrappingContext(kek));
      return { key: plaintext, wrapped: ciphertext };
    },
    openWrappingKey: async (kek, wrapped) => await decrypt(kmsKeyId, wrapped, wrappingContext(kek)),
    digestSecret: secretText(secretsManager(), digestSecretId),
  };
}
