import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { TableClient } from './table-client.ts';

const commands = {
  GetItem: GetCommand,
  PutItem: PutCommand,
  UpdateItem: UpdateCommand,
  DeleteItem: DeleteCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  BatchGetItem: BatchGetCommand,
  BatchWriteItem: BatchWriteCommand,
  TransactWriteItems: TransactWriteCommand,
} as const;

/** The same over the SDK's client: for commands, whose users log in with profiles and single sign-on. No function's. */
export function documentTables(client: DynamoDBDocumentClient): TableClient {
  return {
    async call(operation, input, { signal } = {}) {
      const command = new commands[operation](input as never);
      return (await client.send(command as never, signal && { abortSignal: signal })) as never;
    },
  };
}
