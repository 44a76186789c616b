import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A rotated secret is in use after so long at the latest; the links of the old one then lead nowhere. */
const keptMilliseconds = 300_000;

/** Reads a secret's text, and again from time to time. A failed read is tried again by the next caller. */
export function linkSecret(client: SecretsManagerClient, secretId: string, now: () => number): () => Promise<string> {
  let kept: { readonly text: Promise<string>; readonly until: number } | undefined;

  const read = async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (!SecretString) throw new Error('the secret that signs links to results is empty');
    return SecretString;
  };

  return async () => {
    if (!kept || kept.until <= now()) kept = { text: read(), until: now() + keptMilliseconds };
    try {
      return await kept.text;
    } catch (error) {
      kept = undefined;
      throw error;
    }
  };
}
