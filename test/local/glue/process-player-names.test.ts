import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { erasedText, seal, sealField } from '../../../business-logic/shared/personal-data-cipher.ts';
import { playerKeyId, wrappingContext, wrappingKeyId } from '../../../business-logic/shared/personal-data-keys.ts';
import { dynamodbProtocol } from '../../../local/aws-api/dynamodb.ts';
import { kmsProtocol } from '../../../local/aws-api/kms.ts';
import { tableInput } from '../../../local/emulators/table.ts';
import { createKeyStore } from '../../../local/key-store.ts';
import { createTableStore } from '../../../local/table-store.ts';
import type { LocalTableStore } from '../../../local/table-store.ts';
import type { StoredAccountEvent } from '../../support/account-histories.ts';
import { comparable, openAccountLake, restrictedBucket, snapshotFolder } from '../../support/account-lake.ts';
import type { AccountLake } from '../../support/account-lake.ts';
import { anAwsEndpoint } from '../../support/an-aws-endpoint.ts';
import type { AwsEndpoint } from '../../support/an-aws-endpoint.ts';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const table = 'PlayerKeys';
const accountId = '000000000000';
const region = 'eu-central-1';

let root: string;
let tables: LocalTableStore;
let aws: AwsEndpoint;
let kmsKeyId: string;
let items: DynamoDBDocumentClient;
let kms: KMSClient;
let lake: AccountLake;

const ownAccount = { AWS: `arn:aws:iam::${accountId}:root` };
const KeyPolicy = { Statement: [{ Effect: 'Allow', Principal: ownAccount, Action: 'kms:*', Resource: '*' }] };

beforeAll(async () => {
  root = await temporaryFolder('names');
  tables = await createTableStore({ dataDir: root });
  const keys = createKeyStore({ dataDir: root, region, accountId, clock: Date.now });
  kmsKeyId = await keys.defineKey(randomUUID(), { KeyPolicy });
  aws = await anAwsEndpoint(dynamodbProtocol(tables, { region, accountId }), kmsProtocol(keys, { accountId }));
  items = DynamoDBDocumentClient.from(new DynamoDBClient(aws.clientConfig));
  kms = new KMSClient(aws.clientConfig);
  await tables.createTable(
    tableInput(table, {
      AttributeDefinitions: [{ AttributeName: 'key_id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'key_id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
});
afterAll(async () => {
  items.destroy();
  kms.destroy();
  await aws.close();
  await tables.stop();
  await removeFolder(root);
});

let lakes = 0;
beforeEach(async () => {
  lakes += 1;
  const folder = join(root, `lake-${lakes}`);
  mkdirSync(folder);
  lake = await openAccountLake({ root: folder, aws: aws.clientConfig });
});
afterEach(() => lake.stop());

/** A wrapping key, in the table as KMS has wrapped it. */
async function aWrappingKey(): Promise<{ readonly id: string; readonly key: Uint8Array }> {
  const id = wrappingKeyId(randomUUID());
  const { Plaintext, CiphertextBlob } = await kms.send(
    new GenerateDataKeyCommand({ KeyId: kmsKeyId, KeySpec: 'AES_256', EncryptionContext: wrappingContext(id) }),
  );
  await putItem({ key_id: id, wrapped_key: CiphertextBlob, created_at: '2026-03-10T00:00:00Z' });
  return { id, key: Plaintext! };
}

const putItem = (Item: Record<string, unknown>) => items.send(new PutCommand({ TableName: table, Item }));

/** A key for each player, wrapped by one of two. */
async function giveKeys(...players: readonly string[]): Promise<Map<string, Uint8Array>> {
  const wrapping = [await aWrappingKey(), await aWrappingKey()];
  const keys = new Map<string, Uint8Array>();
  for (const [at, player] of players.entries()) {
    const key = randomBytes(32);
    const { id, key: kek } = wrapping[at % 2]!;
    await putItem({ key_id: playerKeyId(player), wrapped_key: seal(kek, key, playerKeyId(player)), kek: id });
    keys.set(player, key);
  }
  return keys;
}

let number = 0;
const event = (
  event_type: string,
  player_id: string,
  fields: Partial<StoredAccountEvent> = {},
): StoredAccountEvent => ({
  event_id: `e${(number += 1)}`,
  event_type,
  event_at: `2026-03-10 08:00:${String(number % 60).padStart(2, '0')}`,
  player_id,
  ...fields,
});
const created = (keys: ReadonlyMap<string, Uint8Array>, player: string, name = `Zoë ${player}`) =>
  event('account_created', player, {
    user_id: sealField(keys.get(player)!, player, 'user_id', `user of ${player}`),
    player_name: sealField(keys.get(player)!, player, 'player_name', name),
  });

const run = (given: Readonly<Record<string, string>> = {}) =>
  lake.run('player_names', { '--pii_key_id': kmsKeyId, ...given });
const names = () => lake.rowsOf('player_names', restrictedBucket);
const row = (player_id: string, player_name = `Zoë ${player_id}`) => ({
  player_id,
  user_id: `user of ${player_id}`,
  player_name,
});
const filesOfNames = async () => (await lake.written()).filter((line) => line.includes('player_names'));

describe('the job of the names', () => {
  it('decrypts those of open accounts, asking for no more than its role needs, and copies the others', async () => {
    const keys = await giveKeys('p', 'q', 'r');
    await lake.store('2026-03-10', [
      created(keys, 'p'),
      created(keys, 'q'),
      created(keys, 'r'),
      event('account_closed', 'r'),
    ]);
    aws.authorized.length = 0;
    expect(await run()).toMatchObject({ snapshot_written: true, names_decrypted: 2, players_unreadable: 0 });
    expect(await names()).toEqual(comparable([row('p'), row('q')]));
    expect(new Set(aws.authorized.map(([action]) => action))).toEqual(
      new Set(['dynamodb:BatchGetItem', 'kms:Decrypt']),
    );

    await lake.store('2026-03-11', [created(keys, 'q', "Q'; --")]);
    expect(await run()).toMatchObject({ names_decrypted: 1 });
    expect(await names()).toEqual(comparable([row('p'), row('q', "Q'; --")]));
    expect(await run()).toMatchObject({ snapshot_written: false, state_written: false });
  });

  it('forgets a closed account with the next run, and deletes at once where it stood', async () => {
    const keys = await giveKeys('p', 'q');
    await lake.store('2026-03-10', [created(keys, 'p'), created(keys, 'q')]);
    await run();
    await lake.store('2026-03-11', [event('account_closed', 'q')]);
    expect(await run()).toMatchObject({ snapshot_written: true, prefixes_deleted: 1 });
    expect(await names()).toEqual(comparable([row('p')]));
    expect(await filesOfNames()).toHaveLength(1);
  });

  it('has no row for a player whose key was erased before the closing arrives', async () => {
    const keys = await giveKeys('p', 'q');
    await putItem({ key_id: playerKeyId('q'), erased_at: '2026-03-10T09:00:00Z' });
    const erased = event('account_created', 's', { user_id: erasedText, player_name: erasedText });
    await lake.store('2026-03-10', [created(keys, 'p'), created(keys, 'q'), erased]);
    expect(await run()).toMatchObject({ names_decrypted: 1, players_erased: 1, players_unreadable: 0 });
    expect(await names()).toEqual(comparable([row('p')]));
  });

  it('leaves out what no key opens, and says how many', async () => {
    const keys = await giveKeys('p', 'q', 'r');
    const stolen = { ...created(keys, 'q'), player_name: created(keys, 'p').player_name! };
    await lake.store('2026-03-10', [created(keys, 'p'), stolen, created(keys, 'r')]);
    // Another wrapping key than the one that wrapped it.
    await putItem({ key_id: playerKeyId('r'), wrapped_key: randomBytes(60), kek: (await aWrappingKey()).id });
    expect(await run()).toMatchObject({ names_decrypted: 1, players_unreadable: 2 });
    expect(await names()).toEqual(comparable([row('p'), { ...row('q'), player_name: null as never }]));
  });

  it('fails where a wrapping key has gone, or the role may not decrypt, and changes nothing', async () => {
    const keys = await giveKeys('p');
    await lake.store('2026-03-10', [created(keys, 'p')]);
    await putItem({ key_id: playerKeyId('p'), wrapped_key: randomBytes(60), kek: 'kek#gone' });
    await expect(run()).rejects.toThrow('the table of keys has no kek#gone');
    aws.deny = true;
    await expect(run()).rejects.toThrow('not authorized to perform: dynamodb:BatchGetItem');
    aws.deny = false;
    expect(await filesOfNames()).toEqual([]);
  });

  it('deletes what a killed run left, also where there is no news', async () => {
    const left = `${snapshotFolder('player_names')}run=jr_killed/part-00000.parquet`;
    await lake.objects.put(restrictedBucket, left, Buffer.from('names in clear'), {});
    expect(await run()).toMatchObject({ prefixes_deleted: 1, state_written: false });
    expect(await filesOfNames()).toEqual([]);
  });
});
