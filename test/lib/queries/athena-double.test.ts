import { describe, expect, it } from 'vitest';
import { athenaDouble } from '../../../lib/queries/athena-double.ts';

describe('athenaDouble', () => {
  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [-2.5, '-2.5'],
    [0.1 + 0.2, '0.30000000000000004'],
    [0.001, '0.001'],
    [0.000999, '9.99E-4'],
    [9_999_999, '9999999.0'],
    [10_000_000, '1.0E7'],
    [1.5e300, '1.5E300'],
    [5e-324, '5.0E-324'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('writes %d as %s', (value, text) => {
    expect(athenaDouble(value)).toBe(text);
  });
});
