import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DecryptCommand,
  type DecryptCommandInput,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  type GenerateDataKeyCommandInput,
  GenerateDataKeyWithoutPlaintextCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kmsProtocol } from '../../../local/aws-api/kms.ts';
import { createKeyStore } from '../../../local/key-store.ts';
import type { LocalKeyStore } from '../../../local/key-store.ts';
import { anAwsEndpoint } from '../../support/an-aws-endpoint.ts';
import type { AwsEndpoint } from '../../support/an-aws-endpoint.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const place = { region: 'eu-central-1', accountId: '000000000000' };
const [first, second, closed, foreign] = ['1', '2', '3', '4'].map((n) => `1111111${n}-1111-8111-8111-111111111111`);
const arnOf = (id = '') => `arn:aws:kms:eu-central-1:000000000000:key/${id}`;
const EncryptionContext = { purpose: 'player-keys', kek: 'kek#1' };
const Plaintext = Buffer.from('a player key');

let dataDir: string;
let store: LocalKeyStore;
let endpoint: AwsEndpoint;
let kms: KMSClient;

async function defineKeys(made: LocalKeyStore): Promise<LocalKeyStore> {
  await made.defineKey(first ?? '', { Description: 'of players' });
  await made.defineKey(second ?? '', {});
  await made.defineKey(closed ?? '', { Enabled: false });
  await made.defineKey(foreign ?? '', {});
  made.defineAlias('alias/pii', arnOf(first));
  return made;
}

beforeAll(async () => {
  dataDir = await temporaryFolder('kms');
  store = await defineKeys(createKeyStore({ ...place, dataDir, clock: Date.now }));
  endpoint = await anAwsEndpoint(kmsProtocol(store, place));
  endpoint.denied.add(arnOf(foreign));
  kms = new KMSClient(endpoint.clientConfig);
});
beforeEach(() => {
  endpoint.authorized.length = 0;
  endpoint.deny = false;
});
afterAll(async () => {
  kms.destroy();
  await endpoint.close();
  await removeFolder(dataDir);
});

describe('AWS KMS', () => {
  it('makes data keys that only the same key and context give back', async () => {
    const made = await kms.send(new GenerateDataKeyCommand({ KeyId: first, KeySpec: 'AES_256', EncryptionContext }));
    expect(made.KeyId).toBe(arnOf(first));
    expect(made.Plaintext).toHaveLength(32);
    expect(Buffer.from(made.CiphertextBlob!).includes(Buffer.from(made.Plaintext!))).toBe(false);
    const turned = { kek: 'kek#1', purpose: 'player-keys' };
    const { CiphertextBlob } = made;
    const back = await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: turned }));
    expect(back).toMatchObject({ KeyId: arnOf(first), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' });
    expect(back.Plaintext).toEqual(made.Plaintext);
    expect(endpoint.authorized).toEqual([
      ['kms:GenerateDataKey', arnOf(first)],
      ['kms:Decrypt', arnOf(first)],
    ]);
    for (const other of [undefined, {}, { ...EncryptionContext, kek: 'kek#2' }, { ...EncryptionContext, more: '' }]) {
      await expect(kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: other }))).rejects.toMatchObject({
        name: 'InvalidCiphertextException',
      });
    }
  });

  it('encrypts under any name of a key, never the same way twice', async () => {
    const names = [first, arnOf(first), 'alias/pii', 'arn:aws:kms:eu-central-1:000000000000:alias/pii'];
    const answers = await Promise.all(names.map((KeyId) => kms.send(new EncryptCommand({ KeyId, Plaintext }))));
    const ciphertexts = answers.map(({ CiphertextBlob }) => Buffer.from(CiphertextBlob!).toString('hex'));
    expect(new Set(ciphertexts).size).toBe(names.length);
    for (const { CiphertextBlob } of answers) {
      const { Plaintext: back } = await kms.send(new DecryptCommand({ CiphertextBlob, KeyId: 'alias/pii' }));
      expect(Buffer.from(back!)).toEqual(Plaintext);
    }
    const bare = await kms.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId: first, NumberOfBytes: 24 }));
    expect(bare).not.toHaveProperty('Plaintext');
    const { Plaintext: key } = await kms.send(new DecryptCommand({ CiphertextBlob: bare.CiphertextBlob }));
    expect(key).toHaveLength(24);
  });

  it('reads what an earlier run encrypted, from a file that its owner alone may read', async () => {
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: first, Plaintext, EncryptionContext }));
    const again = await defineKeys(createKeyStore({ ...place, dataDir, clock: Date.now }));
    const blob = Buffer.from(CiphertextBlob!);
    expect(again.decrypt(again.keyOf(blob), blob, EncryptionContext)).toEqual(Plaintext);
    expect((await stat(join(dataDir, 'kms', 'keys.json'))).mode & 0o777).toBe(0o600);
    const elsewhere = await temporaryFolder('kms');
    const other = await defineKeys(createKeyStore({ ...place, dataDir: elsewhere, clock: Date.now }));
    expect(() => other.decrypt(other.keyOf(blob), blob, EncryptionContext)).toThrow(
      expect.objectContaining({ code: 'InvalidCiphertextException' }),
    );
    await removeFolder(elsewhere);
  });

  it.each<[string, GenerateDataKeyCommandInput, string]>([
    ['an unknown key', { KeyId: '99999999-1111-8111-8111-111111111111', KeySpec: 'AES_256' }, 'NotFoundException'],
    ['an unknown alias', { KeyId: 'alias/other', KeySpec: 'AES_256' }, 'NotFoundException'],
    ['a disabled key', { KeyId: closed, KeySpec: 'AES_256' }, 'DisabledException'],
    ['a key that the caller may not use', { KeyId: foreign, KeySpec: 'AES_256' }, 'AccessDeniedException'],
    ['no length', { KeyId: first }, 'ValidationException'],
    ['two lengths', { KeyId: first, KeySpec: 'AES_256', NumberOfBytes: 32 }, 'ValidationException'],
    ['too many bytes', { KeyId: first, NumberOfBytes: 1025 }, 'ValidationException'],
  ])('refuses a data key of %s', async (_what, input, name) => {
    await expect(kms.send(new GenerateDataKeyCommand(input))).rejects.toMatchObject({ name });
  });

  it('refuses ciphertexts of another key, changed ones and none at all', async () => {
    const { CiphertextBlob } = await kms.send(new EncryptCommand({ KeyId: first, Plaintext }));
    const decrypt = (input: DecryptCommandInput) => kms.send(new DecryptCommand(input));
    await expect(decrypt({ CiphertextBlob, KeyId: second })).rejects.toMatchObject({ name: 'IncorrectKeyException' });
    const changed = Buffer.from(CiphertextBlob!);
    changed[changed.length - 1]! ^= 1;
    for (const bytes of [changed, Buffer.from('short'), Buffer.alloc(100)]) {
      await expect(decrypt({ CiphertextBlob: bytes })).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
    }
    await expect(kms.send(new EncryptCommand({ KeyId: first, Plaintext: Buffer.alloc(4097) }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('asks for every action by the ARN of the key', async () => {
    endpoint.deny = true;
    await expect(kms.send(new EncryptCommand({ KeyId: 'alias/pii', Plaintext }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(endpoint.authorized).toEqual([['kms:Encrypt', arnOf(first)]]);
  });

  it('shows keys and their aliases, in pages', async () => {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/pii' }));
    expect(KeyMetadata).toMatchObject({
      KeyId: first,
      Arn: arnOf(first),
      Description: 'of players',
      KeyState: 'Enabled',
      KeySpec: 'SYMMETRIC_DEFAULT',
    });
    const page = await kms.send(new ListKeysCommand({ Limit: 3 }));
    expect(page).toMatchObject({ Truncated: true });
    const rest = await kms.send(new ListKeysCommand({ Limit: 3, Marker: page.NextMarker }));
    expect([page, rest].flatMap(({ Keys = [] }) => Keys.map(({ KeyId }) => KeyId))).toEqual([
      first,
      second,
      closed,
      foreign,
    ]);
    const { Aliases } = await kms.send(new ListAliasesCommand({ KeyId: first }));
    expect(Aliases).toMatchObject([{ AliasName: 'alias/pii', TargetKeyId: first }]);
    expect((await kms.send(new ListAliasesCommand({ KeyId: second }))).Aliases).toEqual([]);
  });

  it.each([
    ['asymmetric keys', { KeySpec: 'RSA_2048' }],
    ['keys for signatures', { KeyUsage: 'SIGN_VERIFY' }],
    ['imported material', { Origin: 'EXTERNAL' }],
    ['multi-Region keys', { MultiRegion: true }],
  ])('has no stand-in for %s', async (_what, properties) => {
    await expect(store.defineKey('other', properties)).rejects.toThrow(/stand-in/);
  });
});
