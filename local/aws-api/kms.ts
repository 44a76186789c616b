import { randomBytes } from 'node:crypto';
import type { EncryptionContext, LocalKeyStore, StoredKey } from '../key-store.ts';
import { AwsError } from '../runtime.ts';
import { pageOf } from './pages.ts';
import { jsonProtocol } from './protocol.ts';
import type { AwsProtocol, AwsRequest } from './protocol.ts';

type Input = Readonly<Record<string, unknown>>;

/** Most bytes that KMS itself encrypts; more is what data keys are for. */
const MAX_PLAINTEXT_BYTES = 4096;
/** Most bytes of a ciphertext. */
const MAX_CIPHERTEXT_BYTES = 6144;
/** Most bytes of a data key of a size of one's own. */
const MAX_KEY_BYTES = 1024;
const KEY_BYTES: Readonly<Record<string, number>> = { AES_128: 16, AES_256: 32 };
/** Entries of a list unless asked otherwise, and the most of them. */
const PAGE = 100;
const MAX_PAGE = 1000;

/** AWS KMS on the wire: what encrypts, decrypts and makes data keys with symmetric keys, and what shows the keys. */
export function kmsProtocol(store: LocalKeyStore, { accountId }: { readonly accountId: string }): AwsProtocol {
  const everyKey = '*';

  function generate(input: Input, request: AwsRequest, action: string) {
    const key = keyInput(store, input);
    admit(request, key, action, contextInput(input));
    const plaintext = randomBytes(keyLength(input));
    return { key, plaintext, ciphertext: store.encrypt(key, plaintext, contextInput(input)) };
  }

  return jsonProtocol('kms', {
    async GenerateDataKey(input, request) {
      const { key, plaintext, ciphertext } = generate(input, request, 'kms:GenerateDataKey');
      return { KeyId: key.arn, Plaintext: plaintext.toString('base64'), CiphertextBlob: ciphertext.toString('base64') };
    },

    async GenerateDataKeyWithoutPlaintext(input, request) {
      const { key, ciphertext } = generate(input, request, 'kms:GenerateDataKeyWithoutPlaintext');
      return { KeyId: key.arn, CiphertextBlob: ciphertext.toString('base64') };
    },

    async Encrypt(input, request) {
      const key = keyInput(store, input);
      admit(request, key, 'kms:Encrypt', contextInput(input));
      algorithmInput(input);
      const plaintext = bytesInput(input.Plaintext, 'plaintext', MAX_PLAINTEXT_BYTES);
      const ciphertext = store.encrypt(key, plaintext, contextInput(input));
      return {
        KeyId: key.arn,
        CiphertextBlob: ciphertext.toString('base64'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    },

    async Decrypt(input, request) {
      algorithmInput(input);
      const ciphertext = bytesInput(input.CiphertextBlob, 'ciphertextBlob', MAX_CIPHERTEXT_BYTES);
      const asked = input.KeyId === undefined || input.KeyId === null ? undefined : keyInput(store, input);
      const key = store.keyOf(ciphertext);
      if (asked && asked.id !== key.id) {
        const message = 'The key ID in the request does not identify a CMK that can perform this operation.';
        throw new AwsError('IncorrectKeyException', message);
      }
      admit(request, key, 'kms:Decrypt', contextInput(input));
      const plaintext = store.decrypt(key, ciphertext, contextInput(input));
      return { KeyId: key.arn, Plaintext: plaintext.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
    },

    async DescribeKey(input, request) {
      const key = keyInput(store, input);
      request.authorize('kms:DescribeKey', key.arn);
      return { KeyMetadata: metadataOf(key, accountId) };
    },

    async ListKeys(input, request) {
      request.authorize('kms:ListKeys', everyKey);
      return paged(
        'Keys',
        store.keys().map(({ id, arn }) => ({ KeyId: id, KeyArn: arn })),
        input,
      );
    },

    async ListAliases(input, request) {
      request.authorize('kms:ListAliases', everyKey);
      const of = input.KeyId === undefined || input.KeyId === null ? undefined : keyInput(store, input).id;
      const aliases = store.aliases().filter(({ keyId }) => of === undefined || keyId === of);
      const entries = aliases.map(({ name, arn, keyId }) => ({ AliasName: name, AliasArn: arn, TargetKeyId: keyId }));
      return paged('Aliases', entries, input);
    },
  });
}

/** Whether a key may be used right now by this caller. */
function admit(request: AwsRequest, key: StoredKey, action: string, encryptionContext: EncryptionContext): void {
  const pairs = Object.entries(encryptionContext).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]);
  request.authorize(action, key.arn, {
    ...Object.fromEntries(pairs),
    'kms:EncryptionContextKeys': Object.keys(encryptionContext),
  });
  if (!key.isEnabled) throw new AwsError('DisabledException', `${key.arn} is disabled.`);
}

function keyInput(store: LocalKeyStore, { KeyId }: Input): StoredKey {
  if (typeof KeyId !== 'string') throw missing('keyId');
  if (KeyId === '') throw invalid("1 validation error detected: Value '' at 'keyId' failed to satisfy constraint");
  return store.find(KeyId);
}

function keyLength({ KeySpec, NumberOfBytes, Recipient }: Input): number {
  if (Recipient !== undefined) throw new AwsError('UnsupportedOperationException', 'Nitro enclaves are not known here');
  if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
    throw invalid('Please specify either number of bytes or key spec.');
  }
  if (NumberOfBytes !== undefined) {
    const length = Number(NumberOfBytes);
    if (Number.isInteger(length) && length >= 1 && length <= MAX_KEY_BYTES) return length;
    throw invalid(`Value at 'numberOfBytes' failed to satisfy constraint: from 1 to ${MAX_KEY_BYTES}`);
  }
  const length = KEY_BYTES[String(KeySpec)];
  if (length !== undefined) return length;
  throw invalid(`Value '${String(KeySpec)}' at 'keySpec' failed to satisfy constraint: [AES_256, AES_128]`);
}

function contextInput({ EncryptionContext: context = {} }: Input): EncryptionContext {
  const isMap = typeof context === 'object' && context !== null && !Array.isArray(context);
  if (isMap && Object.values(context).every((value) => typeof value === 'string')) return context as EncryptionContext;
  throw new AwsError('SerializationException', 'EncryptionContext is not a map of strings');
}

function algorithmInput({ EncryptionAlgorithm: algorithm = 'SYMMETRIC_DEFAULT' }: Input): void {
  if (algorithm === 'SYMMETRIC_DEFAULT') return;
  throw new AwsError('InvalidKeyUsageException', `Algorithm ${String(algorithm)} is incompatible with key spec.`);
}

function bytesInput(value: unknown, path: string, most: number): Buffer {
  if (value === undefined || value === null) throw missing(path);
  const isBase64 = typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
  if (!isBase64) throw new AwsError('SerializationException', `${path} is not a base64 string`);
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length >= 1 && bytes.length <= most) return bytes;
  throw invalid(
    `1 validation error detected: Value at '${path}' failed to satisfy constraint: ` +
      `Member must have length from 1 to ${most}`,
  );
}

function metadataOf({ id, arn, description, isEnabled, createdAt }: StoredKey, accountId: string) {
  return {
    AWSAccountId: accountId,
    KeyId: id,
    Arn: arn,
    CreationDate: createdAt,
    Enabled: isEnabled,
    Description: description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: isEnabled ? 'Enabled' : 'Disabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}

function paged(name: string, entries: readonly unknown[], { Limit, Marker }: Input): Record<string, unknown> {
  const size = Limit === undefined || Limit === null ? PAGE : Number(Limit);
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE) throw invalid(`Limit is from 1 to ${MAX_PAGE}`);
  const { items, nextToken } = pageOf(entries, { token: Marker, size, error: 'InvalidMarkerException' });
  return {
    [name]: items,
    Truncated: nextToken !== undefined,
    ...(nextToken !== undefined && { NextMarker: nextToken }),
  };
}

function missing(path: string): AwsError {
  return invalid(
    `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`,
  );
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
