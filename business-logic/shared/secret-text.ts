import type { ReadSecret } from './aws/secrets-manager.ts';

/** Reads a secret's text when it is first asked for, and remembers it; a failed reading is not remembered. */
export function secretText(readSecret: ReadSecret, secretId: string): () => Promise<string> {
  let reading: Promise<string> | undefined;
  const read = async () => {
    const text = await readSecret(secretId);
    if (!text) throw new Error('the secret has no text');
    return text;
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
