import type { TableClient } from '../shared/aws/dynamodb/table-client.ts';
import { ifMet } from '../shared/if-met.ts';

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
  /** ISO 8601; absent where the token does not expire. */
  readonly expires_at?: string;
  /** The newest day (UTC, `2026-11-21`) on which the token was let in; absent where it never was. */
  readonly last_used_day?: string;
  /** Value of the API key that limits it; absent where it shares the stage's limit. */
  readonly usage_key?: string;
}

/** Finds an authorization by key id; undefined when there is none. Fails when DynamoDB does. */
export type FindAuthorization = (keyId: string) => Promise<Authorization | undefined>;

/** Notes that a token was let in on a day (UTC, `2026-11-21`). Fails when DynamoDB does, or takes too long. */
export type MarkUsed = (keyId: string, day: string) => Promise<void>;

/** Looks authorizations up in their table, with one consistent read: a token works as soon as it was made. */
export function authorizationStore(client: TableClient, tableName: string): FindAuthorization {
  return async (keyId) => {
    const key = { api_key_id: keyId };
    const { Item } = await client.call('GetItem', { TableName: tableName, Key: key, ConsistentRead: true });
    return Item as Authorization | undefined;
  };
}

/** What a request waits at most for its token's day of last use to be stored, once a day: Lambda freezes after the answer. */
const markMilliseconds = 250;

/** Stores days of last use. A later day stays, and what was deleted in the meantime does not come back. */
export function usedDays(client: TableClient, tableName: string): MarkUsed {
  return async (keyId, day) => {
    const update = {
      TableName: tableName,
      Key: { api_key_id: keyId },
      UpdateExpression: 'SET last_used_day = :day',
      ConditionExpression:
        'attribute_exists(api_key_id) AND (attribute_not_exists(last_used_day) OR last_used_day < :day)',
      ExpressionAttributeValues: { ':day': day },
    };
    await ifMet(client.call('UpdateItem', update, { signal: AbortSignal.timeout(markMilliseconds) }));
  };
}
