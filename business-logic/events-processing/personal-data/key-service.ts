/** What KMS and Secrets Manager do for personal data. */
export interface KeyService {
  /** A new wrapping key, bound to its id: the key, and the ciphertext that is stored. */
  makeWrappingKey(kek: string): Promise<{ readonly key: Uint8Array; readonly wrapped: Uint8Array }>;
  /** The wrapping key that was stored. */
  openWrappingKey(kek: string, wrapped: Uint8Array): Promise<Uint8Array>;
  /** The secret that keys digests. */
  digestSecret(): Promise<string>;
}
