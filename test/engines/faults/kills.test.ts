import { expect, it } from 'vitest';
import { brokenPromises } from '../../support/faults/crash-row.ts';
import { strikeByKilling } from '../../support/faults/crash-table.ts';

// A tenth of the kills of `npm run prove -- crash-table`.
it('loses nothing by kill -9 at random moments, torn writes and kills while it starts included', async () => {
  const row = await strikeByKilling(10);
  expect(brokenPromises([row])).toEqual([]);
  expect(row.otherAnswers.get('none')).toBeGreaterThan(0);
}, 240_000);
