import type { ReadSecret } from '../shared/aws/secrets-manager.ts';
import { secretText } from '../shared/secret-text.ts';

/** A secret that was put in place of another is in use after so long at the latest; the links of the old one then end. */
const keptMilliseconds = 300_000;

/** Reads the secret that signs links, and again from time to time. */
export function linkSecret(readSecret: ReadSecret, secretId: string, now: () => number): () => Promise<string> {
  let read = secretText(readSecret, secretId);
  let until = now() + keptMilliseconds;

  return () => {
    if (now() >= until) {
      read = secretText(readSecret, secretId);
      until = now() + keptMilliseconds;
    }
    return read();
  };
}
