import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { isBetterCopied } from '../../../local/functions/plain-json.mjs';

const long = 'x'.repeat(40_000);
const limit = 100_000;

it('copies only what JSON leaves as it is, and what surely fits', () => {
  const value = fc.anything({ maxDepth: 3, withNullPrototype: true, withDate: true, withSparseArray: true });
  fc.assert(
    fc.property(fc.record({ value, text: fc.string({ unit: 'binary' }) }), (some) => {
      const whole = { ...some, long };
      if (!isBetterCopied(whole, limit)) return;
      const json = JSON.stringify(whole);
      expect(structuredClone(whole)).toStrictEqual(JSON.parse(json));
      expect(Buffer.byteLength(json)).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 100 },
  );
});

it.each([
  ['a record as Firehose has them', { records: [{ recordId: '1', data: long }] }, true],
  ['an answer near the limit, without a character that needs an escape', { data: 'x'.repeat(limit - 50) }, true],
  ['an answer near the limit, with one', { data: `${'x'.repeat(limit - 50)}"` }, false],
  ['what is too long', { data: 'x'.repeat(limit) }, false],
  ['what is short', { data: 'x' }, false],
  ['a date', { data: long, at: new Date(0) }, false],
  ['a field without a value', { data: long, nothing: undefined }, false],
  ['a number that is none', { data: long, number: NaN }, false],
  ['a list with a name', { data: long, list: Object.assign([1], { name: 'a' }) }, false],
])('takes %s for what it is', (_, value, expected) => {
  expect(isBetterCopied(value, limit)).toBe(expected);
});
