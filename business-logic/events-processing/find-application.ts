import type { TableClient } from '../shared/aws/dynamodb/table-client.ts';

/** What the transform needs of a registered application. */
export interface Application {
  readonly application_id: string;
  readonly application_name: string;
}

/**
 * Finds an application, at once where it is remembered; undefined when it is not registered. Fails when DynamoDB does: a
 * failure says nothing about registration.
 */
export type FindApplication = (applicationId: string) => Application | undefined | Promise<Application | undefined>;

/** Looks applications up in their table. The read is consistent: a new game's first events must not be marked for good. */
export function applicationStore(
  client: TableClient,
  tableName: string,
): (applicationId: string) => Promise<Application | undefined> {
  return async (applicationId) => {
    const { Item } = await client.call('GetItem', {
      TableName: tableName,
      Key: { application_id: applicationId },
      ProjectionExpression: 'application_id, application_name',
      ConsistentRead: true,
    });
    return Item as Application | undefined;
  };
}
