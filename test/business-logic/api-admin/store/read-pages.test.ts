import { describe, expect, it } from 'vitest';
import { collectInOrder } from '../../../../business-logic/api-admin/collect-in-order.ts';
import type { Page } from '../../../../business-logic/api-admin/store/read-pages.ts';
import { readPages } from '../../../../business-logic/api-admin/store/read-pages.ts';

/** Reads these pages; tells with which keys it was asked. */
async function read(pages: readonly Page[]) {
  const keys: unknown[] = [];
  const items = readPages<{ readonly id: string }>(async (startKey) => {
    keys.push(startKey);
    return pages[keys.length - 1] ?? {};
  });
  return { ids: (await collectInOrder(items, ({ id }) => id)).map(({ id }) => id), keys };
}

describe('readPages', () => {
  it('passes the key of each page to the next and ends with the first page that has none', async () => {
    const { ids, keys } = await read([
      { Items: [{ id: 'b' }, { id: 'a' }], LastEvaluatedKey: { id: 'a' } },
      { Items: [{ id: 'c' }], LastEvaluatedKey: { id: 'c' } },
      { Items: [{ id: 'd' }] },
    ]);
    expect(ids).toEqual(['a', 'b', 'c', 'd']);
    expect(keys).toEqual([undefined, { id: 'a' }, { id: 'c' }]);
  });

  it('reads on after an empty page', async () => {
    expect((await read([{ Items: [], LastEvaluatedKey: { id: 'x' } }, { Items: [{ id: 'y' }] }])).ids).toEqual(['y']);
  });

  it('has nothing to give where there is nothing', async () => {
    expect(await read([{ Items: [] }])).toEqual({ ids: [], keys: [undefined] });
    expect((await read([{}])).ids).toEqual([]);
  });
});
