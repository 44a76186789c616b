import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResponseBudget } from '../../../business-logic/events-processing/response-budget.ts';

/** Which of the records go out, in a response of so many bytes. */
function admitted(totalBytes: number, records: readonly { readonly failedBytes: number; readonly bytes: number }[]) {
  const failed = records.reduce((sum, { failedBytes }) => sum + failedBytes, 0);
  const budget = new ResponseBudget(totalBytes, failed);
  for (const record of records) budget.admit(record);
  return records.map((record) => budget.has(record));
}

describe('a response budget', () => {
  it('admits all that fits, to the byte', () => {
    const records = [
      { failedBytes: 10, bytes: 60 },
      { failedBytes: 10, bytes: 40 },
    ];
    expect(admitted(100, records)).toEqual([true, true]);
    expect(admitted(99, records)).toEqual([false, true]);
  });

  it.each([
    ['first', [90, 20, 20, 20]],
    ['last', [20, 20, 20, 90]],
  ])('lets no small record suffer for a large one that comes %s', (_where, sizes) => {
    const records = sizes.map((bytes) => ({ failedBytes: 5, bytes }));
    expect(admitted(100, records)).toEqual(sizes.map((bytes) => bytes === 20));
  });

  it('lends no record what another one does not need', () => {
    const records = [
      { failedBytes: 0, bytes: 3 },
      { failedBytes: 2, bytes: 0 },
      { failedBytes: 0, bytes: 4 },
    ];
    expect(admitted(4, records)).toEqual([false, true, false]);
  });

  it('never admits more than fits, nor fails a record that needs less than one it admits', () => {
    const record = fc.record({ failedBytes: fc.nat(50), bytes: fc.nat(500) });
    fc.assert(
      fc.property(fc.array(record), fc.nat(2_000), (records, free) => {
        const total = free + records.reduce((sum, { failedBytes }) => sum + failedBytes, 0);
        const goesOut = admitted(total, records);
        const used = records.reduce((sum, { bytes, failedBytes }, at) => sum + (goesOut[at] ? bytes : failedBytes), 0);
        expect(used).toBeLessThanOrEqual(total);
        const extra = (isOut: boolean) =>
          records.filter((_record, at) => goesOut[at] === isOut).map(({ bytes, failedBytes }) => bytes - failedBytes);
        expect(Math.max(...extra(true), -Infinity)).toBeLessThanOrEqual(Math.min(...extra(false), Infinity));
      }),
    );
  });
});
