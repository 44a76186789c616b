import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';

/** Reads a secret's text when it is first asked for, and remembers it; a failed reading is not remembered. */
export function secretText(client: SecretsManagerClient, SecretId: string): () => Promise<string> {
  let reading: Promise<string> | undefined;
  const read = async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
    if (!SecretString) throw new Error('the secret has no text');
    return SecretString;
  };
  return async () => {
    reading ??= read();
    try {
      return await reading;
    } catch (error) {
      reading = undefined;
      throw new Error('the secret could not be read', { cause: error });
    }
  };
}
