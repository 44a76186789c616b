import { expect, it } from 'vitest';
import { slopeOf } from '../../../bench/job/slope-of.ts';

it('is the exponent by which time grows with size', () => {
  const sizes = [1, 2, 4, 8];
  expect(slopeOf(sizes, [3, 6, 12, 24])).toBeCloseTo(1);
  expect(slopeOf(sizes, [3, 12, 48, 192])).toBeCloseTo(2);
  expect(slopeOf(sizes, [5, 5, 5, 5])).toBeCloseTo(0);
});
