import { describe, expect, it } from 'vitest';
import { deleteItems } from '../../../../business-logic/api-admin/store/delete-items.ts';
import type { TableClient, TableInput } from '../../../../business-logic/shared/aws/dynamodb/table-client.ts';

/** A client that leaves items unprocessed as it is told, call by call; and what it was sent. */
function aClient(unprocessed: (ids: readonly string[], call: number) => readonly string[]) {
  const calls: string[][] = [];
  const call = async (_: 'BatchWriteItem', input: TableInput<'BatchWriteItem'>) => {
    const requests = input.RequestItems?.things ?? [];
    const ids = requests.map(({ DeleteRequest }) => String(DeleteRequest?.Key?.id));
    calls.push(ids);
    const left = unprocessed(ids, calls.length).map((id) => ({ DeleteRequest: { Key: { id } } }));
    return left.length > 0 ? { UnprocessedItems: { things: left } } : {};
  };
  return { calls, client: { call } as unknown as TableClient };
}

const keys = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `id-${index}` }));
const waits: number[] = [];
const wait = async (milliseconds: number) => void waits.push(milliseconds);

describe('deleteItems', () => {
  it('deletes 25 at a time', async () => {
    const { calls, client } = aClient(() => []);
    await deleteItems(client, 'things', keys(60), wait);
    expect(calls.map(({ length }) => length)).toEqual([25, 25, 10]);
    expect(new Set(calls.flat()).size).toBe(60);
  });

  it('sends again what was left, and only that, waiting longer each time', async () => {
    waits.length = 0;
    const { calls, client } = aClient((ids, call) => (call < 4 ? ids.slice(1) : []));
    await deleteItems(client, 'things', keys(5), wait);
    expect(calls.map(({ length }) => length)).toEqual([5, 4, 3, 2]);
    expect(waits).toEqual([50, 100, 200]);
  });

  it('gives up loudly', async () => {
    const { calls, client } = aClient((ids) => ids);
    await expect(deleteItems(client, 'things', keys(2), wait)).rejects.toThrow(
      '2 items could not be deleted in 8 tries',
    );
    expect(calls).toHaveLength(8);
  });

  it('asks nothing where there is nothing to delete', async () => {
    const { calls, client } = aClient(() => []);
    await deleteItems(client, 'things', [], wait);
    expect(calls).toEqual([]);
  });
});
