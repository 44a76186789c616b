import { setTimeout as delay } from 'node:timers/promises';
import type { TableClient } from '../../shared/aws/dynamodb/table-client.ts';
import { keyIdPattern } from '../../shared/token.ts';
import { deleteItems } from './delete-items.ts';
import { ifMet } from '../../shared/if-met.ts';
import { readPages } from './read-pages.ts';

/** A row of the authorizations table. Times are ISO 8601. */
export interface AuthorizationItem {
  readonly api_key_id: string;
  readonly application_id: string;
  readonly api_key_name: string;
  readonly api_key_description: string;
  readonly role: string;
  readonly studio_id?: string;
  readonly enabled: boolean;
  /** SHA-256 of the whole token, in hex. */
  readonly token_digest: string;
  /** Of the role `game`; one that was made before there were classes has none, and counts as `client`. */
  readonly token_class?: string;
  /** Value of the API key that limits it; absent where it shares the stage's limit. */
  readonly usage_key?: string;
  /** Absent where the token does not expire. */
  readonly expires_at?: string;
  /** The newest day (UTC, `2026-11-21`) on which the authorizer let the token in; absent where it never did. */
  readonly last_used_day?: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** What can be changed of a stored authorization; null takes a value away, what is left out stays. */
export interface AuthorizationChange {
  readonly enabled?: boolean;
  readonly token_class?: string;
  readonly usage_key?: string | null;
  readonly expires_at?: string | null;
}

/** The tokens' authorizations. An id that belongs to another application is not found. */
export interface AuthorizationStore {
  /** One made a moment ago may be missing. */
  list(applicationId: string): AsyncIterable<AuthorizationItem>;
  find(applicationId: string, keyId: string | undefined): Promise<AuthorizationItem | undefined>;
  /** @throws Error when the id is taken */
  create(item: AuthorizationItem): Promise<void>;
  /** The changed row; undefined when there is none. */
  change(
    applicationId: string,
    keyId: string | undefined,
    change: AuthorizationChange,
    at: string,
  ): Promise<AuthorizationItem | undefined>;
  /** The deleted row; undefined when there was none. */
  delete(applicationId: string, keyId: string | undefined): Promise<AuthorizationItem | undefined>;
  deleteAll(keyIds: Iterable<string>): Promise<void>;
}

const keyIdShape = new RegExp(keyIdPattern);

/** The authorizations in DynamoDB. */
export function authorizationStore(client: TableClient, TableName: string, IndexName: string): AuthorizationStore {
  const ofApplication = (applicationId: string, keyId: string) => ({
    TableName,
    Key: { api_key_id: keyId },
    ConditionExpression: 'application_id = :application',
    ExpressionAttributeValues: { ':application': applicationId },
  });
  const idsOf = (applicationId: string) =>
    readPages<Pick<AuthorizationItem, 'api_key_id'>>((ExclusiveStartKey) =>
      client.call('Query', {
        TableName,
        IndexName,
        KeyConditionExpression: 'application_id = :application',
        ExpressionAttributeValues: { ':application': applicationId },
        ExclusiveStartKey,
      }),
    );
  return {
    list: (applicationId) => readItems(client, TableName, idsOf(applicationId)),
    find: async (applicationId, keyId) => {
      if (!isKeyId(keyId)) return undefined;
      const get = { TableName, Key: { api_key_id: keyId }, ConsistentRead: true };
      const found = (await client.call('GetItem', get)).Item as AuthorizationItem | undefined;
      return found?.application_id === applicationId ? found : undefined;
    },
    create: async (Item) => {
      const ConditionExpression = 'attribute_not_exists(api_key_id)';
      await client.call('PutItem', { TableName, Item: { ...Item }, ConditionExpression });
    },
    change: async (applicationId, keyId, change, at) => {
      if (!isKeyId(keyId)) return undefined;
      const { ExpressionAttributeValues, ...key } = ofApplication(applicationId, keyId);
      const { UpdateExpression, values } = updateOf({ ...change, updated_at: at });
      const update = {
        ...key,
        UpdateExpression,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ...values },
        ReturnValues: 'ALL_NEW',
      } as const;
      return (await ifMet(client.call('UpdateItem', update)))?.Attributes as AuthorizationItem | undefined;
    },
    delete: async (applicationId, keyId) => {
      if (!isKeyId(keyId)) return undefined;
      const input = { ...ofApplication(applicationId, keyId), ReturnValues: 'ALL_OLD' } as const;
      return (await ifMet(client.call('DeleteItem', input)))?.Attributes as AuthorizationItem | undefined;
    },
    deleteAll: async (keyIds) => {
      await deleteItems(
        client,
        TableName,
        Array.from(keyIds, (keyId) => ({ api_key_id: keyId })),
      );
    },
  };
}

/** Whatever else a path may hold belongs to nothing, and might be an error to DynamoDB. */
function isKeyId(keyId: string | undefined): keyId is string {
  return keyId !== undefined && keyIdShape.test(keyId);
}

/** Sets what has a value, removes what is null. None of the names is a word of DynamoDB's. */
function updateOf(change: AuthorizationChange & { readonly updated_at: string }) {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const set = given.filter(([, value]) => value !== null);
  const removed = given.filter(([, value]) => value === null).map(([name]) => name);
  return {
    UpdateExpression:
      `SET ${set.map(([name]) => `${name} = :${name}`).join(', ')}` +
      (removed.length > 0 ? ` REMOVE ${removed.join(', ')}` : ''),
    values: Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
  };
}

/**
 * The items of a list of ids. The index knows ids alone for certain: it was made before some of the fields, and an index
 * cannot be given more of them. Ids whose item has been deleted are left out.
 */
async function* readItems(
  client: TableClient,
  TableName: string,
  ids: AsyncIterable<Pick<AuthorizationItem, 'api_key_id'>>,
): AsyncGenerator<AuthorizationItem> {
  let batch: { api_key_id: string }[] = [];
  for await (const { api_key_id } of ids) {
    batch.push({ api_key_id });
    if (batch.length < readBatchSize) continue;
    yield* await readBatch(client, TableName, batch);
    batch = [];
  }
  if (batch.length > 0) yield* await readBatch(client, TableName, batch);
}

/** Items per BatchGetItem, by DynamoDB. */
const readBatchSize = 100;
const maxTries = 8;
const firstWaitMilliseconds = 50;

/** What DynamoDB leaves unread is asked for again, waiting longer each time. */
async function readBatch(
  client: TableClient,
  TableName: string,
  batch: readonly { readonly api_key_id: string }[],
): Promise<AuthorizationItem[]> {
  const items: AuthorizationItem[] = [];
  let keys: Record<string, unknown>[] = [...batch];
  for (let tries = 1; ; tries += 1) {
    const { Responses, UnprocessedKeys } = await client.call('BatchGetItem', {
      RequestItems: { [TableName]: { Keys: keys, ConsistentRead: true } },
    });
    items.push(...((Responses?.[TableName] ?? []) as AuthorizationItem[]));
    keys = UnprocessedKeys?.[TableName]?.Keys ?? [];
    if (keys.length === 0) return items;
    if (tries === maxTries) throw new Error(`${keys.length} authorizations could not be read in ${maxTries} tries`);
    await delay(firstWaitMilliseconds * 2 ** (tries - 1));
  }
}
