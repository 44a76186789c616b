import { expect, test } from 'vitest';
import { interleave, ratios } from '../../bench/interleave.ts';
import { spreadOf } from '../../bench/spread-of.ts';

test('runs the arms in turns, in the opposite order in every other round, and throws the first round away', async () => {
  const order: string[] = [];
  const arm = (name: string) => () => {
    order.push(name);
    return order.length;
  };
  expect(await interleave(2, { left: arm('left'), right: arm('right') })).toEqual({ left: [4, 5], right: [3, 6] });
  expect(order).toEqual(['left', 'right', 'right', 'left', 'left', 'right']);
});

test('compares the values of one round', () => {
  expect(ratios([10, 30], [5, 10])).toEqual([2, 3]);
});

test('has the value in the middle, and the ends', () => {
  expect(spreadOf([5, 1, 3])).toEqual({ median: 3, low: 1, high: 5 });
  expect(() => spreadOf([])).toThrow(RangeError);
});
