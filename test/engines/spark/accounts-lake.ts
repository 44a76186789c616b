import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { accountsApplicationId } from '../../../business-logic/shared/reserved-applications.ts';
import { keyBytes, seal, sealField } from '../../../business-logic/shared/personal-data-cipher.ts';
import { playerKeyId, wrappingContext, wrappingKeyId } from '../../../business-logic/shared/personal-data-keys.ts';
import { accountsJobPlan } from '../../../lib/etl/accounts-job-plan.ts';
import { accountTables, playerNames, snapshotKey } from '../../../lib/schemas/account-tables.ts';
import { readEventCatalogue } from '../../../lib/schemas/read-event-catalogue.ts';
import { dynamodbProtocol } from '../../../local/aws-api/dynamodb.ts';
import { kmsProtocol } from '../../../local/aws-api/kms.ts';
import { createKeyStore, type LocalKeyStore } from '../../../local/key-store.ts';
import { createTableStore, type LocalTableStore } from '../../../local/table-store.ts';
import type { StoredAccountEvent } from '../../support/account-histories.ts';
import { glueTable, partitionRows, sparkLakes, type SparkLake, type SparkLakes, type TextRow } from './spark-lake.ts';

/** Players' keys in the laptop's KMS and DynamoDB, as the transform keeps them. */
export interface PlayerKeys {
  /** Name of the table. */
  readonly table: string;
  /** Id of the KMS key. */
  readonly keyId: string;
  /** Events with the names in them as the transform stores them, under keys that are made when first needed. */
  seal(events: readonly StoredAccountEvent[]): Promise<StoredAccountEvent[]>;
  /** Deletes the key that wraps all others; there is no way back. */
  loseWrappingKey(): Promise<void>;
  /** Puts a mark in place of a player's key. */
  erase(playerId: string): Promise<void>;
}

/** Lakes whose Spark finds KMS and DynamoDB too. */
export interface AccountLakes extends SparkLakes {
  readonly keys: PlayerKeys;
  createAccounts(): Promise<AccountsLake>;
}

/** A lake with account tables, its names in a bucket of their own. */
export interface AccountsLake extends SparkLake {
  readonly restrictedBucket: string;
  /**
   * Adds events to a day of the reserved application: as one more object of its partition, or, to `compact` it, by
   * moving the partition to a prefix with all of its rows.
   */
  addEvents(day: string, events: readonly StoredAccountEvent[], compact?: 'compact'): Promise<void>;
  accountArgs(table: string, changes?: Readonly<Record<string, string>>): Record<string, string>;
  accountRows(table: string): Promise<TextRow[]>;
  /** Everything below the folder of the names. */
  nameObjects(): Promise<Record<string, string>>;
  state(key?: string): Promise<AccountsState>;
}

export interface AccountsState {
  readonly tables: Readonly<
    Record<
      string,
      {
        readonly built_at: string;
        readonly sources: Readonly<Record<string, string>>;
        readonly retired: readonly { readonly prefix: string; readonly at: string }[];
      }
    >
  >;
}

const region = 'eu-central-1';
const accountId = '000000000000';

export async function accountLakes(): Promise<AccountLakes> {
  let tables: LocalTableStore | undefined;
  let store: LocalKeyStore | undefined;
  const lakes = await sparkLakes(async (folder) => {
    tables = await createTableStore({ dataDir: folder });
    store = createKeyStore({ dataDir: folder, region, accountId, clock: Date.now });
    return [dynamodbProtocol(tables, { region, accountId }), kmsProtocol(store, { accountId })];
  });
  const keys = await playerKeys(tables!, store!);
  let count = 0;
  return {
    ...lakes,
    keys,
    set beforeGlue(tell: SparkLakes['beforeGlue']) {
      lakes.beforeGlue = tell;
    },
    get beforeGlue() {
      return lakes.beforeGlue;
    },
    async createAccounts() {
      count += 1;
      return withAccounts(await lakes.create(), `restricted-${count}`, keys);
    },
    async stop() {
      await tables!.stop();
      await lakes.stop();
    },
  };
}

async function playerKeys(tables: LocalTableStore, store: LocalKeyStore): Promise<PlayerKeys> {
  const table = 'player-keys';
  await tables.createTable({
    TableName: table,
    KeySchema: [{ AttributeName: 'key_id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'key_id', AttributeType: 'S' }],
    ProvisionedThroughput: { ReadCapacityUnits: 1000, WriteCapacityUnits: 1000 },
  });
  const put = async (item: Readonly<Record<string, unknown>>): Promise<void> => {
    const { status, body } = await tables.send('PutItem', JSON.stringify({ TableName: table, Item: item }));
    if (status !== 200) throw new Error(body.toString());
  };
  const arn = await store.defineKey('5b1f0e5c-0f51-4a6c-9c3b-0d6f1d1f2a10', keyProperties);
  const key = store.find(arn);
  const kek = wrappingKeyId(randomUUID());
  const wrapping = randomBytes(keyBytes);
  const wrapped = store.encrypt(key, wrapping, wrappingContext(kek)).toString('base64');
  await put({ key_id: { S: kek }, wrapped_key: { B: wrapped }, created_at: { S: '2026-03-01T00:00:00Z' } });
  const clear = new Map<string, Buffer>();

  async function keyOf(playerId: string): Promise<Buffer> {
    const known = clear.get(playerId);
    if (known) return known;
    const own = randomBytes(keyBytes);
    clear.set(playerId, own);
    const id = playerKeyId(playerId);
    await put({ key_id: { S: id }, wrapped_key: { B: seal(wrapping, own, id).toString('base64') }, kek: { S: kek } });
    return own;
  }

  return {
    table,
    keyId: key.id,
    seal: (events) =>
      Promise.all(
        events.map(async (event) => {
          const { player_id: player, user_id: user, player_name: name } = event;
          if (player === undefined || user === undefined || name === undefined) return event;
          const own = await keyOf(player);
          return {
            ...event,
            user_id: sealField(own, player, 'user_id', user),
            player_name: sealField(own, player, 'player_name', name),
          };
        }),
      ),
    async loseWrappingKey() {
      await tables.send('DeleteItem', JSON.stringify({ TableName: table, Key: { key_id: { S: kek } } }));
    },
    erase: (playerId) => put({ key_id: { S: playerKeyId(playerId) }, erased_at: { S: '2026-03-10T00:00:00Z' } }),
  };
}

const keyProperties = {
  KeyPolicy: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'kms:*', Resource: '*' },
    ],
  },
};

/** Adds account tables and a plan of theirs to a lake. */
export async function withAccounts(
  lake: SparkLake,
  restrictedBucket: string,
  keys: Pick<PlayerKeys, 'table' | 'keyId'>,
): Promise<AccountsLake> {
  const { bucket, database, catalog, objects } = lake;
  const { columns } = readEventCatalogue();
  const plan = accountsJobPlan({ columns });
  await objects.createBucket(restrictedBucket);
  await objects.put(bucket, 'accounts-plan.json', Buffer.from(JSON.stringify(plan)));
  const bucketOf = (table: string): string => (table === playerNames.name ? restrictedBucket : bucket);
  for (const { name, columns: own } of [...accountTables, playerNames]) {
    catalog.defineTable(database, glueTable(name, `s3://${bucketOf(name)}/${name}/`, own, [snapshotKey]));
  }
  const types = plan.account_events.map(
    ({ name, type }) => `${name}: '${type === 'string' ? 'VARCHAR' : 'TIMESTAMP'}'`,
  );
  const list = plan.account_events.map(({ name, type }) =>
    type === 'string' ? name : `CAST(${name} AS TIMESTAMPTZ) AS ${name}`,
  );
  const stored = new Map<string, StoredAccountEvent[]>();
  let files = 0;

  async function write(key: string, events: readonly StoredAccountEvent[]): Promise<void> {
    const json = lake.path(`../${bucket}-accounts-${files}.json`);
    writeFileSync(json, events.map((event) => JSON.stringify(event)).join('\n'));
    mkdirSync(dirname(lake.path(key)), { recursive: true });
    const source = `read_json('${json}', format = 'newline_delimited', columns = {${types.join(', ')}})`;
    const rows = `SELECT ${list.join(', ')} FROM ${source} ORDER BY event_type, event_at, event_id`;
    await lake.query(`COPY (${rows}) TO '${lake.path(key)}' (FORMAT parquet, COMPRESSION zstd)`);
  }

  return {
    ...lake,
    restrictedBucket,
    async addEvents(day, events, compact) {
      files += 1;
      const folder = `events/application_id=${accountsApplicationId}/event_date=${day}/`;
      const before = stored.get(day) ?? [];
      stored.set(day, [...before, ...events]);
      const values = [accountsApplicationId, day];
      const present = catalog.partitions(database, 'events').find(({ Values }) => Values.join() === values.join());
      if (present && !compact) {
        const location = present.StorageDescriptor!.Location!.replace(`s3://${bucket}/`, '');
        await write(`${location}jr_${files}.parquet`, events);
        return;
      }
      await write(`${folder}run=jr_${files}/part-00000.parquet`, stored.get(day)!);
      const { StorageDescriptor } = catalog.table(database, 'events')!;
      const Location = `s3://${bucket}/${folder}run=jr_${files}/`;
      const partition = { Values: values, StorageDescriptor: { ...StorageDescriptor, Location } };
      await catalog.putPartitions(database, 'events', [partition]);
    },
    accountArgs(table, changes = {}) {
      const { JOB_RUN_ID: runId, compression, table_format: format } = lake.args();
      const isNames = table === playerNames.name;
      return {
        JOB_NAME: `process-${table}`,
        JOB_RUN_ID: runId!,
        bucket,
        database,
        events_table: 'events',
        events_prefix: 'events',
        application_id: accountsApplicationId,
        table,
        state_key: `state/${isNames ? 'player-names' : 'accounts'}.json`,
        plan: `s3://${bucket}/accounts-plan.json`,
        compression: compression!,
        table_format: format!,
        ...(isNames && {
          restricted_bucket: restrictedBucket,
          player_keys_table: keys.table,
          pii_key_id: keys.keyId,
        }),
        ...changes,
      };
    },
    accountRows(table) {
      const partitions = catalog.partitions(database, table).map(({ Values, StorageDescriptor }) => ({
        values: Values,
        folder: join(
          objects.bucketPath(bucketOf(table)),
          StorageDescriptor!.Location!.replace(`s3://${bucketOf(table)}/`, ''),
        ),
      }));
      return partitionRows(lake.query, [snapshotKey.name], partitions, `* EXCLUDE (${snapshotKey.name})`);
    },
    async nameObjects() {
      const found: Record<string, string> = {};
      for await (const { key, etag } of objects.list(restrictedBucket, '')) found[key] = etag;
      return found;
    },
    state: async (key = 'state/accounts.json') =>
      JSON.parse((await objects.readAll(bucket, key))!.toString()) as AccountsState,
  };
}
