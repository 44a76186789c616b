import type { TableClient } from '../../shared/aws/dynamodb/table-client.ts';
import { ifMet } from '../../shared/if-met.ts';
import { readPages } from './read-pages.ts';

/** A row of the applications table. Times are ISO 8601. */
export interface ApplicationItem {
  readonly application_id: string;
  readonly application_name: string;
  readonly description: string;
  /** Whose game it is; absent where no studio has published it. This row decides, not the lake. */
  readonly studio_id?: string;
  /** When registrations were last taken for it, give or take ten minutes; absent when none ever were. */
  readonly registered_at?: string;
  readonly created_at: string;
  readonly updated_at: string;
  /** Ids of the application's authorizations: read consistently, unlike the index. */
  readonly api_key_ids?: ReadonlySet<string>;
  /** Set once its deletion has begun. */
  readonly deleting_at?: string;
}

/** The registered applications. */
export interface ApplicationStore {
  list(): AsyncIterable<ApplicationItem>;
  find(id: string): Promise<ApplicationItem | undefined>;
  /** @throws Error when the id is taken */
  create(item: ApplicationItem): Promise<void>;
  /** Notes an authorization; false when the application is gone or going. */
  addKey(id: string, keyId: string): Promise<boolean>;
  removeKey(id: string, keyId: string): Promise<void>;
  /**
   * Lets nobody add an authorization any more, and answers with the ids of all there are; undefined when the application
   * is gone, or players have registered for it since it was read.
   */
  markDeleting(read: ApplicationItem, at: string): Promise<readonly string[] | undefined>;
  delete(id: string): Promise<void>;
}

/** The applications in DynamoDB. */
export function applicationStore(client: TableClient, TableName: string): ApplicationStore {
  const keyOf = (id: string) => ({ TableName, Key: { application_id: id } });
  return {
    list: () =>
      readPages<ApplicationItem>((ExclusiveStartKey) =>
        client.call('Scan', { TableName, ConsistentRead: true, ExclusiveStartKey }),
      ),
    find: async (id) => {
      const { Item } = await client.call('GetItem', { ...keyOf(id), ConsistentRead: true });
      return Item as ApplicationItem | undefined;
    },
    create: async (Item) => {
      const ConditionExpression = 'attribute_not_exists(application_id)';
      await client.call('PutItem', { TableName, Item: { ...Item }, ConditionExpression });
    },
    addKey: async (id, keyId) => {
      const update = {
        ...keyOf(id),
        UpdateExpression: 'ADD api_key_ids :added',
        ConditionExpression: 'attribute_exists(application_id) AND attribute_not_exists(deleting_at)',
        ExpressionAttributeValues: { ':added': new Set([keyId]) },
      };
      return (await ifMet(client.call('UpdateItem', update).then(() => true))) ?? false;
    },
    removeKey: async (id, keyId) => {
      const update = {
        ...keyOf(id),
        UpdateExpression: 'DELETE api_key_ids :removed',
        ConditionExpression: 'attribute_exists(application_id)',
        ExpressionAttributeValues: { ':removed': new Set([keyId]) },
      };
      await ifMet(client.call('UpdateItem', update));
    },
    markDeleting: async ({ application_id, registered_at }, at) => {
      const isUnchanged =
        registered_at === undefined ? 'attribute_not_exists(registered_at)' : 'registered_at = :registered';
      const update = {
        ...keyOf(application_id),
        UpdateExpression: 'SET deleting_at = :at',
        ConditionExpression: `attribute_exists(application_id) AND ${isUnchanged}`,
        ExpressionAttributeValues: { ':at': at, ':registered': registered_at },
        ReturnValues: 'ALL_NEW',
      } as const;
      const marked = (await ifMet(client.call('UpdateItem', update)))?.Attributes as ApplicationItem | undefined;
      return marked && Array.from(marked.api_key_ids ?? []);
    },
    delete: async (id) => {
      await client.call('DeleteItem', keyOf(id));
    },
  };
}
