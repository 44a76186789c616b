import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';

/** What the authorizer knows of a token, by its key id. */
export interface Authorization {
  readonly api_key_id: string;
  readonly application_id: string;
  readonly role: string;
  /** Of the role `studio`: whose reports the token may read. */
  readonly studio_id?: string;
  readonly enabled: boolean;
  /** SHA-256 of the whole token, in hex. */
  readonly token_digest: string;
}

/** Finds an authorization by key id; undefined when there is none. Fails when DynamoDB does. */
export type FindAuthorization = (keyId: string) => Promise<Authorization | undefined>;

/** Looks authorizations up in their table, with one consistent read: a token works as soon as it was made. */
export function authorizationStore(client: DynamoDBDocumentClient, tableName: string): FindAuthorization {
  return async (keyId) => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { api_key_id: keyId }, ConsistentRead: true }),
    );
    return Item as Authorization | undefined;
  };
}
