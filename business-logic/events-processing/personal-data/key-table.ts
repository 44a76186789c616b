import { setTimeout as sleep } from 'node:timers/promises';
import { isAwsError } from '../../shared/aws/aws-error.ts';
import type { TableClient } from '../../shared/aws/dynamodb/table-client.ts';
import { ifMet } from '../../shared/if-met.ts';
import { keyAttribute } from '../../shared/personal-data-keys.ts';
import { inBatches } from '../../shared/in-batches.ts';
import { inParallel } from '../../shared/in-parallel.ts';

/** An item of the table; which attributes are set depends on what it is (`business-logic/shared/personal-data-keys.ts`). */
export interface KeyItem {
  readonly key_id: string;
  readonly wrapped_key?: Uint8Array;
  readonly kek?: string;
  readonly created_at?: string;
  readonly erased_at?: string;
  readonly expires_at?: number;
}

/** The table of keys. */
export interface KeyTable {
  /** The items that exist, by id, as they are now. */
  read(ids: Iterable<string>): Promise<ReadonlyMap<string, KeyItem>>;
  /** Adds items whose ids do not exist, and answers the ids that did. */
  create(items: readonly KeyItem[]): Promise<readonly string[]>;
  /** Puts the mark of erasure in place of keys, whether they exist or not. The first mark stays. */
  erase(ids: Iterable<string>, erasedAt: string): Promise<void>;
}

/** DynamoDB's limit of one BatchGetItem and of one TransactWriteItems. */
const itemsPerRequest = 100;
/** Requests under way at once; the client has as many connections. */
const requests = 50;
const transactions = 10;
/** Times that items are asked for again when DynamoDB gives back less than it was asked for. */
const maxReads = 5;

const ifNew = `attribute_not_exists(${keyAttribute})`;

/** The table in DynamoDB. Reads are consistent: a key that was erased a moment ago must not be used. */
export function keyTable(client: TableClient, tableName: string): KeyTable {
  const put = async (Item: KeyItem, ConditionExpression: string): Promise<boolean> => {
    const written = ifMet(client.call('PutItem', { TableName: tableName, Item: { ...Item }, ConditionExpression }));
    return (await written) !== undefined;
  };

  const readSome = async (ids: readonly string[]): Promise<KeyItem[]> => {
    const items: KeyItem[] = [];
    let keys: Record<string, unknown>[] = ids.map((id) => ({ [keyAttribute]: id }));
    for (let reads = 1; keys.length > 0; reads += 1) {
      const { Responses, UnprocessedKeys } = await client.call('BatchGetItem', {
        RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } },
      });
      items.push(...((Responses?.[tableName] ?? []) as KeyItem[]));
      keys = UnprocessedKeys?.[tableName]?.Keys ?? [];
      if (keys.length === 0) break;
      if (reads === maxReads) throw new Error(`${keys.length} keys were not read in ${maxReads} attempts`);
      await sleep(25 * 2 ** reads * Math.random());
    }
    return items;
  };

  /** All of them at once, which is what happens; one by one where somebody else makes some of them. */
  const createSome = async (items: readonly KeyItem[]): Promise<readonly string[]> => {
    if (items.length > 1 && (await putTogether(items))) return [];
    const isNew = await inParallel(items, requests, async (item) => put(item, ifNew));
    return items.flatMap(({ key_id: id }, at) => (isNew[at] ? [] : [id]));
  };

  const putTogether = async (items: readonly KeyItem[]): Promise<boolean> => {
    const puts = items.map((Item) => ({ Put: { TableName: tableName, Item, ConditionExpression: ifNew } }));
    try {
      await client.call('TransactWriteItems', { TransactItems: puts });
      return true;
    } catch (error) {
      if (isAwsError(error, 'TransactionCanceledException')) return false;
      throw error;
    }
  };

  return {
    async read(ids) {
      const items = (await inParallel(inBatches(Array.from(ids), itemsPerRequest), requests, readSome)).flat();
      return new Map(items.map((item) => [item.key_id, item]));
    },

    async create(items) {
      return (await inParallel(inBatches(items, itemsPerRequest), transactions, createSome)).flat();
    },

    async erase(ids, erasedAt) {
      await inParallel(Array.from(ids), requests, async (id) =>
        put({ key_id: id, erased_at: erasedAt }, 'attribute_not_exists(erased_at)'),
      );
    },
  };
}
