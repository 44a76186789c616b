import { awsService, type ServiceOptions } from './aws-service.ts';

/** What a ciphertext is bound to: it opens with the same words only. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** KMS, as far as it is used. */
export interface Kms {
  /** A new key of 256 bits, and its ciphertext under a key of KMS. */
  generateDataKey(
    keyId: string,
    context: EncryptionContext,
  ): Promise<{ readonly plaintext: Uint8Array; readonly ciphertext: Uint8Array }>;
  decrypt(keyId: string, ciphertext: Uint8Array, context: EncryptionContext): Promise<Uint8Array>;
}

interface DataKeyAnswer {
  readonly Plaintext?: string;
  readonly CiphertextBlob?: string;
}

/** The KMS of a function. */
export function kms(options?: ServiceOptions): Kms {
  const call = awsService({ name: 'kms', variable: 'KMS', target: 'TrentService', version: '1.1' }, options);
  return {
    async generateDataKey(KeyId, EncryptionContext) {
      const input = { KeyId, KeySpec: 'AES_256', EncryptionContext };
      const { Plaintext, CiphertextBlob } = (await call('GenerateDataKey', input)) as DataKeyAnswer;
      if (!Plaintext || !CiphertextBlob) throw new Error('KMS answered GenerateDataKey without a key');
      return { plaintext: Buffer.from(Plaintext, 'base64'), ciphertext: Buffer.from(CiphertextBlob, 'base64') };
    },

    async decrypt(KeyId, ciphertext, EncryptionContext) {
      const input = { KeyId, CiphertextBlob: Buffer.from(ciphertext).toString('base64'), EncryptionContext };
      const { Plaintext } = (await call('Decrypt', input)) as DataKeyAnswer;
      if (!Plaintext) throw new Error('KMS answered Decrypt without a key');
      return Buffer.from(Plaintext, 'base64');
    },
  };
}
