import { assert, integer, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { equalRanges, hashKeys, hashOf, holds } from '../../../local/kinesis/hash-range.ts';

it('hashes a partition key by MD5, as Kinesis does', () => {
  // RFC 1321, A.5: MD5 ("abc") = 900150983cd24fb0d6963f7d28e17f72
  expect(hashOf('abc')).toBe(0x900150983cd24fb0d6963f7d28e17f72n);
});

it('divides all hash keys among any number of shards, without gap or overlap', () => {
  assert(
    property(integer({ min: 1, max: 500 }), string(), (count, key) => {
      const ranges = equalRanges(count);
      expect([ranges[0]?.start, ranges.at(-1)?.end]).toEqual([0n, hashKeys - 1n]);
      for (const [i, range] of ranges.slice(1).entries()) expect(range.start).toBe(ranges[i]!.end + 1n);
      expect(ranges.filter((range) => holds(range, hashOf(key)))).toHaveLength(1);
    }),
    { numRuns: 25 },
  );
});

it('spreads ids of requests over four shards', () => {
  const ranges = equalRanges(4);
  const taken = ranges.map(() => 0);
  for (let i = 0; i < 4_000; i += 1) {
    const hash = hashOf(`7b1f0a4e-0000-4000-8000-${String(i).padStart(12, '0')}`);
    taken[ranges.findIndex((range) => holds(range, hash))]! += 1;
  }
  expect(Math.min(...taken)).toBeGreaterThan(900);
});
