import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { secretText } from '../shared/secret-text.ts';

/** A secret that was put in place of another is in use after so long at the latest; the links of the old one then end. */
const keptMilliseconds = 300_000;

/** Reads the secret that signs links, and again from time to time. */
export function linkSecret(client: SecretsManagerClient, secretId: string, now: () => number): () => Promise<string> {
  let read = secretText(client, secretId);
  let until = now() + keptMilliseconds;

  return () => {
    if (now() >= until) {
      read = secretText(client, secretId);
      until = now() + keptMilliseconds;
    }
    return read();
  };
}
