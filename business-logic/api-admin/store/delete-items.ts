import { setTimeout as delay } from 'node:timers/promises';
import type { NativeAttributeValue } from '@aws-sdk/lib-dynamodb';
import type { TableClient, TableInput } from '../../shared/aws/dynamodb/table-client.ts';

type Key = Record<string, NativeAttributeValue>;

/** Items per BatchWriteItem, by DynamoDB. */
const batchSize = 25;
const maxTries = 8;
const firstWaitMilliseconds = 50;

/**
 * Deletes items by key, batch after batch; what DynamoDB leaves unprocessed is sent again, waiting longer each time.
 * @throws Error when items are still unprocessed after eight tries
 */
export async function deleteItems(
  client: TableClient,
  tableName: string,
  keys: readonly Key[],
  wait: (milliseconds: number) => Promise<unknown> = delay,
): Promise<void> {
  for (let start = 0; start < keys.length; start += batchSize) {
    await deleteBatch(client, tableName, keys.slice(start, start + batchSize), wait);
  }
}

async function deleteBatch(
  client: TableClient,
  tableName: string,
  keys: readonly Key[],
  wait: (milliseconds: number) => Promise<unknown>,
): Promise<void> {
  let requests: NonNullable<BatchWriteRequests> = keys.map((Key) => ({ DeleteRequest: { Key } }));
  for (let tries = 1; ; tries += 1) {
    const { UnprocessedItems = {} } = await client.call('BatchWriteItem', { RequestItems: { [tableName]: requests } });
    requests = UnprocessedItems[tableName] ?? [];
    if (requests.length === 0) return;
    if (tries === maxTries) throw new Error(`${requests.length} items could not be deleted in ${maxTries} tries`);
    await wait(firstWaitMilliseconds * 2 ** (tries - 1));
  }
}

type BatchWriteRequests = NonNullable<TableInput<'BatchWriteItem'>['RequestItems']>[string];
