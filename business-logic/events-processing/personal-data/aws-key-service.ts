import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { wrappingContext } from '../../shared/personal-data-keys.ts';
import { secretText } from '../../shared/secret-text.ts';
import type { KeyService } from './key-service.ts';

export interface AwsKeyServiceOptions {
  /** Id or ARN of the KMS key. */
  readonly kmsKeyId: string;
  /** ARN of the secret that keys digests. */
  readonly digestSecretId: string;
}

/** Short timeouts and three tries, as for the tables. */
const patience = { maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000 } };

/** KMS and Secrets Manager. Imported when it is needed: the two clients cost a cold start some of its time. */
export function awsKeyService({ kmsKeyId, digestSecretId }: AwsKeyServiceOptions): KeyService {
  const kms = new KMSClient(patience);
  return {
    async makeWrappingKey(kek) {
      const { Plaintext, CiphertextBlob } = await kms.send(
        new GenerateDataKeyCommand({ KeyId: kmsKeyId, KeySpec: 'AES_256', EncryptionContext: wrappingContext(kek) }),
      );
      if (!Plaintext || !CiphertextBlob) throw new Error('KMS answered GenerateDataKey without a key');
      return { key: Plaintext, wrapped: CiphertextBlob };
    },

    async openWrappingKey(kek, wrapped) {
      const { Plaintext } = await kms.send(
        new DecryptCommand({ KeyId: kmsKeyId, CiphertextBlob: wrapped, EncryptionContext: wrappingContext(kek) }),
      );
      if (!Plaintext) throw new Error('KMS answered Decrypt without a key');
      return Plaintext;
    },

    digestSecret: secretText(new SecretsManagerClient(patience), digestSecretId),
  };
}
