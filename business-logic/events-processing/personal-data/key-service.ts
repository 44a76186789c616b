/** What KMS and Secrets Manager do for personal data. */
export interface KeyService {
  /** A new wrapping key, bound to its id: the key, and the ciphertext that is stored. */
  makeWrappingKey(kek: string): Promise<{ readonly key: Uint8Array; readonly wrapped: Uint8Array }>;
  /** The wrapping key that was stored. */
  openWrappingKey(kek: string, wrapped: Uint8Array): Promise<Uint8Array>;
  /** The secret that keys digests. */
  digestSecret(): Promise<string>;
}

/** The same service, made when it is first needed: a function that meets no personal data never loads its clients. */
export function whenNeeded(load: () => Promise<KeyService>): KeyService {
  let loading: Promise<KeyService> | undefined;
  const service = async (): Promise<KeyService> => {
    loading ??= load();
    try {
      return await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  };
  return {
    makeWrappingKey: async (kek) => (await service()).makeWrappingKey(kek),
    openWrappingKey: async (kek, wrapped) => (await service()).openWrappingKey(kek, wrapped),
    digestSecret: async () => (await service()).digestSecret(),
  };
}
