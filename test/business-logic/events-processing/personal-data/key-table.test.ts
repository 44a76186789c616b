import { describe, expect, it } from 'vitest';
import { keyTable } from '../../../../business-logic/events-processing/personal-data/key-table.ts';
import type { TableClient, TableInput } from '../../../../business-logic/shared/aws/dynamodb/table-client.ts';
import { aDynamoDb, tables } from '../../../support/a-dynamodb.ts';

const client = await aDynamoDb({ transactions: true });
const table = keyTable(client, tables.playerKeys);
const ids = Array.from({ length: 110 }, (_, at) => `player#${at}`);
const items = ids.map((id, at) => ({ key_id: id, wrapped_key: Buffer.from([at]), kek: 'kek#1' }));

/** A DynamoDB that answers no more than so many keys of each request. */
const slow = (most: number) => {
  const reads: number[] = [];
  const call = async (operation: 'BatchGetItem', input: TableInput<'BatchGetItem'>) => {
    const { Keys = [] } = input.RequestItems?.[tables.playerKeys] ?? {};
    reads.push(Keys.length);
    const page = { [tables.playerKeys]: { Keys: Keys.slice(0, most), ConsistentRead: true } };
    const answer = most === 0 ? {} : await client.call(operation, { RequestItems: page });
    const rest = Keys.slice(most);
    return { ...answer, UnprocessedKeys: rest.length > 0 ? { [tables.playerKeys]: { Keys: rest } } : {} };
  };
  return { reads, table: keyTable({ call } as unknown as TableClient, tables.playerKeys) };
};

describe('the table of keys', () => {
  it('takes items whose ids are new, and names the others', async () => {
    expect(await table.create(items.slice(0, 60))).toEqual([]);
    expect(await table.create(items)).toEqual(ids.slice(0, 60));
  });

  it('reads any number of items, and leaves out those that are not there', async () => {
    const found = await table.read([...ids, 'player#nobody']);
    expect([...found.keys()].toSorted()).toEqual(ids.toSorted());
    expect(found.get('player#7')).toEqual({ key_id: 'player#7', wrapped_key: Uint8Array.of(7), kek: 'kek#1' });
    expect((await table.read([])).size).toBe(0);
  });

  it('asks again for what DynamoDB did not get to, a hundred at a time at most', async () => {
    const { reads, table: throttled } = slow(40);
    expect((await throttled.read(ids)).size).toBe(110);
    expect(reads.toSorted((a, b) => b - a)).toEqual([100, 60, 20, 10]);
  });

  it('gives up when DynamoDB gets nowhere', async () => {
    await expect(slow(0).table.read(['player#1'])).rejects.toThrow('1 keys were not read in 5 attempts');
  });

  it('erases what is there and what is not, and keeps the first mark', async () => {
    await table.erase(['player#1', 'player#nobody'], 'then');
    await table.erase(['player#1', 'player#nobody'], 'later');
    const found = await table.read(['player#1', 'player#nobody']);
    expect([...found.values()].map((item) => Object.entries(item).toSorted()).toSorted()).toEqual([
      [
        ['erased_at', 'then'],
        ['key_id', 'player#1'],
      ],
      [
        ['erased_at', 'then'],
        ['key_id', 'player#nobody'],
      ],
    ]);
  });
});
