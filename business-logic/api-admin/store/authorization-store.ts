import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
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
  readonly created_at: string;
  readonly updated_at: string;
}

/** The tokens' authorizations. An id that belongs to another application is not found. */
export interface AuthorizationStore {
  /** Without digests, which the index does not hold; an authorization made a moment ago may be missing. */
  list(applicationId: string): AsyncIterable<Omit<AuthorizationItem, 'token_digest'>>;
  find(applicationId: string, keyId: string | undefined): Promise<AuthorizationItem | undefined>;
  /** @throws Error when the id is taken */
  create(item: AuthorizationItem): Promise<void>;
  /** The changed row; undefined when there is none. */
  setEnabled(
    applicationId: string,
    keyId: string | undefined,
    enabled: boolean,
    at: string,
  ): Promise<AuthorizationItem | undefined>;
  /** The deleted row; undefined when there was none. */
  delete(applicationId: string, keyId: string | undefined): Promise<AuthorizationItem | undefined>;
  deleteAll(keyIds: Iterable<string>): Promise<void>;
}

const keyIdShape = new RegExp(keyIdPattern);

/** The authorizations in DynamoDB. */
export function authorizationStore(
  client: DynamoDBDocumentClient,
  TableName: string,
  IndexName: string,
): AuthorizationStore {
  const ofApplication = (applicationId: string, keyId: string) => ({
    TableName,
    Key: { api_key_id: keyId },
    ConditionExpression: 'application_id = :application',
    ExpressionAttributeValues: { ':application': applicationId },
  });
  return {
    list: (applicationId) =>
      readPages<AuthorizationItem>((ExclusiveStartKey) =>
        client.send(
          new QueryCommand({
            TableName,
            IndexName,
            KeyConditionExpression: 'application_id = :application',
            ExpressionAttributeValues: { ':application': applicationId },
            ExclusiveStartKey,
          }),
        ),
      ),
    find: async (applicationId, keyId) => {
      if (!isKeyId(keyId)) return undefined;
      const get = new GetCommand({ TableName, Key: { api_key_id: keyId }, ConsistentRead: true });
      const found = (await client.send(get)).Item as AuthorizationItem | undefined;
      return found?.application_id === applicationId ? found : undefined;
    },
    create: async (Item) => {
      const ConditionExpression = 'attribute_not_exists(api_key_id)';
      await client.send(new PutCommand({ TableName, Item, ConditionExpression }));
    },
    setEnabled: async (applicationId, keyId, enabled, at) => {
      if (!isKeyId(keyId)) return undefined;
      const { ExpressionAttributeValues, ...key } = ofApplication(applicationId, keyId);
      const update = new UpdateCommand({
        ...key,
        UpdateExpression: 'SET enabled = :enabled, updated_at = :at',
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ':enabled': enabled, ':at': at },
        ReturnValues: 'ALL_NEW',
      });
      return (await ifMet(client.send(update)))?.Attributes as AuthorizationItem | undefined;
    },
    delete: async (applicationId, keyId) => {
      if (!isKeyId(keyId)) return undefined;
      const command = new DeleteCommand({ ...ofApplication(applicationId, keyId), ReturnValues: 'ALL_OLD' });
      return (await ifMet(client.send(command)))?.Attributes as AuthorizationItem | undefined;
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
