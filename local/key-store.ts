import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openPrivateJson } from './private-json.ts';
import { AwsError } from './runtime.ts';
import type { Clock, KeyStore, Properties } from './runtime.ts';

/** What a caller binds to a ciphertext; it has to be the same when it is decrypted. */
export type EncryptionContext = Readonly<Record<string, string>>;

/** A symmetric key of the template. */
export interface StoredKey {
  readonly id: string;
  readonly arn: string;
  readonly description: string;
  readonly isEnabled: boolean;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** 256 bits; never leaves the data directory. */
  readonly material: Buffer;
}

export interface KeyAlias {
  /** With `alias/`. */
  readonly name: string;
  readonly arn: string;
  readonly keyId: string;
}

/** What the KMS protocol needs beyond what the rest of the runtime does. */
export interface LocalKeyStore extends KeyStore {
  /** By id, ARN, alias or ARN of an alias. Throws NotFoundException. */
  find(reference: string): StoredKey;
  /** In the order of their ids. */
  keys(): readonly StoredKey[];
  /** In the order of their names. */
  aliases(): readonly KeyAlias[];
  encrypt(key: StoredKey, plaintext: Buffer, context: EncryptionContext): Buffer;
  /** The key that a ciphertext names. Throws InvalidCiphertextException. */
  keyOf(ciphertext: Buffer): StoredKey;
  /** Throws InvalidCiphertextException, also where the context is another one. */
  decrypt(key: StoredKey, ciphertext: Buffer, context: EncryptionContext): Buffer;
}

export interface KeyStoreOptions {
  readonly dataDir: string;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
}

/** Contents of `<data-dir>/kms/keys.json`. */
interface KeyFile {
  readonly version: 1;
  readonly keys: Readonly<Record<string, { readonly material: string; readonly created_at: number }>>;
}

/** Version of the form of a ciphertext: version, id of the key (16 bytes), initialization vector, ciphertext, tag. */
const FORM = 1;
const ID_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AWS KMS for one data directory: symmetric keys whose material is made once and kept. */
export function createKeyStore({ dataDir, region, accountId, clock }: KeyStoreOptions): LocalKeyStore {
  const file = openPrivateJson<KeyFile>(join(dataDir, 'kms', 'keys.json'));
  const prefix = `arn:aws:kms:${region}:${accountId}:`;
  const keys = new Map<string, StoredKey>();
  const aliases = new Map<string, KeyAlias>();

  /** Material comes to disk before anything can be encrypted with it. */
  async function materialOf(id: string): Promise<KeyFile['keys'][string]> {
    const stored = (await file.read())?.keys ?? {};
    const known = stored[id];
    if (known) return known;
    const made = { material: randomBytes(32).toString('base64'), created_at: clock() / 1000 };
    await file.write({ version: 1, keys: { ...stored, [id]: made } });
    return made;
  }

  function find(reference: string): StoredKey {
    const name = reference.startsWith(prefix) ? reference.slice(prefix.length) : reference;
    const id = aliases.get(name)?.keyId ?? name.replace(/^key\//, '');
    const key = keys.get(id);
    if (key) return key;
    const what = name.startsWith('alias/') ? `Alias ${prefix}${name}` : `Key '${prefix}key/${id}'`;
    throw new AwsError(
      'NotFoundException',
      `${what} ${name.startsWith('alias/') ? 'is not found.' : 'does not exist'}`,
    );
  }

  return {
    async defineKey(id, properties) {
      checkKind(properties);
      const { material, created_at: createdAt } = await materialOf(id);
      const arn = `${prefix}key/${id}`;
      keys.set(id, {
        id,
        arn,
        description: typeof properties.Description === 'string' ? properties.Description : '',
        isEnabled: properties.Enabled !== false && properties.Enabled !== 'false',
        createdAt,
        material: Buffer.from(material, 'base64'),
      });
      return arn;
    },
    defineAlias(name, target) {
      aliases.set(name, { name, arn: `${prefix}${name}`, keyId: find(target).id });
    },
    find,
    keys: () => [...keys.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    aliases: () => [...aliases.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    encrypt(key, plaintext, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key.material, iv).setAAD(boundData(key, context));
      const head = Buffer.concat([Buffer.from([FORM]), Buffer.from(key.id.replaceAll('-', ''), 'hex'), iv]);
      return Buffer.concat([head, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    },
    keyOf(ciphertext) {
      if (ciphertext.length < 1 + ID_BYTES + IV_BYTES + TAG_BYTES || ciphertext[0] !== FORM) throw unreadable();
      const hex = ciphertext.toString('hex', 1, 1 + ID_BYTES);
      const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      const key = keys.get(id);
      if (!key) throw unreadable();
      return key;
    },
    decrypt(key, ciphertext, context) {
      const body = ciphertext.subarray(1 + ID_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key.material, body.subarray(0, IV_BYTES))
        .setAAD(boundData(key, context))
        .setAuthTag(body.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(body.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
      } catch {
        throw unreadable();
      }
    },
  };
}

/** Kinds of keys that nothing stands in for are refused, so that nobody takes one for another. */
function checkKind({ KeySpec, KeyUsage, Origin, MultiRegion }: Properties): void {
  const isSymmetric = (KeySpec ?? 'SYMMETRIC_DEFAULT') === 'SYMMETRIC_DEFAULT';
  if (!isSymmetric || (KeyUsage ?? 'ENCRYPT_DECRYPT') !== 'ENCRYPT_DECRYPT' || (Origin ?? 'AWS_KMS') !== 'AWS_KMS') {
    throw new Error('only symmetric keys for ENCRYPT_DECRYPT whose material is made by KMS have a stand-in');
  }
  if (MultiRegion === true || MultiRegion === 'true') throw new Error('multi-Region keys have no stand-in');
}

/** What a ciphertext is bound to: its key, and the context in an order of its own, since KMS does not mind the order. */
function boundData(key: StoredKey, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify([key.arn, pairs]));
}

/** KMS says no more than this, so that nobody learns which part was wrong. */
function unreadable(): AwsError {
  return new AwsError('InvalidCiphertextException', '');
}
