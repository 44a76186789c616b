import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { KeyService } from '../../business-logic/events-processing/personal-data/key-service.ts';
import { keyTable, type KeyTable } from '../../business-logic/events-processing/personal-data/key-table.ts';
import { documentTables } from '../../business-logic/shared/aws/dynamodb/document-tables.ts';
import { unwrapKey, type PlayerKey } from '../../business-logic/events-processing/personal-data/personal-data.ts';
import { WrappingKeys } from '../../business-logic/events-processing/personal-data/wrapping-keys.ts';
import { wrappingContext } from '../../business-logic/shared/personal-data-keys.ts';
import type { Signer } from '../signed-fetch.ts';

/** Keys of players and of days by their ids in the table; those that do not exist are not among them. */
export type ReadKeys = (ids: ReadonlySet<string>) => Promise<ReadonlyMap<string, PlayerKey>>;

const refuse = async () => Promise.reject(new Error('a replay makes no keys'));

/** Reads keys, and makes none: what has no key cannot be opened. */
export function keyReader(table: Pick<KeyTable, 'read'>, openWrappingKey: KeyService['openWrappingKey']): ReadKeys {
  const service: KeyService = { openWrappingKey, makeWrappingKey: refuse, digestSecret: refuse };
  const wrapping = new WrappingKeys({ ...table, create: refuse, erase: refuse }, service);
  return async (ids) => {
    if (ids.size === 0) return new Map();
    const items = [...(await table.read(ids)).values()];
    const keks = await wrapping.open(items.flatMap(({ erased_at: erasedAt, kek }) => (erasedAt ? [] : (kek ?? []))));
    return new Map(items.map((item) => [item.key_id, unwrapKey(item, keks)]));
  };
}

/** The same with the caller's own rights to the table and to the KMS key. */
export function connectKeys(
  tableName: string,
  { region, credentials }: Signer,
  endpoint: string | undefined,
): ReadKeys {
  const settings = { region, credentials, ...(endpoint === undefined ? {} : { endpoint }) };
  const kms = new KMSClient(settings);
  const table = keyTable(documentTables(DynamoDBDocumentClient.from(new DynamoDBClient(settings))), tableName);
  return keyReader(table, async (kek, wrapped) => {
    const command = new DecryptCommand({ CiphertextBlob: wrapped, EncryptionContext: wrappingContext(kek) });
    const { Plaintext } = await kms.send(command);
    if (!Plaintext) throw new Error('KMS answered Decrypt without a key');
    return Plaintext;
  });
}
