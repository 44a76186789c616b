import { expect, it } from 'vitest';
import { readerLoop } from '../support/reader-loop.ts';

// In test/engines/laptop it is killed besides.
it('lets a reader see the totals of a partition before a run of the events job or after it, and no others', async () => {
  const { reads, wrong } = await readerLoop({ runs: 2, seed: 20261121, rows: 3_000 });
  expect(wrong).toEqual([]);
  expect(reads).toBeGreaterThan(2);
});
