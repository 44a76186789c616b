import { describe, expect, it } from 'vitest';
import { billLines } from '../../../lib/cost/bill-line.ts';
import { pricesOf, readPriceTable, type Price } from '../../../lib/cost/price-table.ts';

const prices = pricesOf(readPriceTable(), 'us-east-1');
const usage = { part: 'lake', service: 'some service', what: 'something' } as const;
const amounts = (price: Price, quantity: number) =>
  billLines({ ...usage, price, quantity }).map(({ quantity, amount }) => [quantity, Number(amount.toFixed(9))]);

describe('a price with tiers', () => {
  const million = 1_000_000;

  it.each([
    ['333 million requests', 333 * million, [[333 * million, 333 * 3.5]]],
    [
      'one more',
      333 * million + 1,
      [
        [333 * million, 333 * 3.5],
        [1, 0.0000028],
      ],
    ],
    [
      'a billion',
      1_000 * million,
      [
        [333 * million, 333 * 3.5],
        [667 * million, 667 * 2.8],
      ],
    ],
    [
      '21 billion',
      21_000 * million,
      [
        [333 * million, 333 * 3.5],
        [667 * million, 667 * 2.8],
        [19_000 * million, 19_000 * 2.38],
        [1_000 * million, 1_000 * 1.51],
      ],
    ],
  ])('bills %s of API Gateway', (_what, quantity, expected) => {
    expect(amounts(prices.apiGatewayRequests, quantity)).toEqual(
      expected.map(([units, dollars]) => [units, Number(dollars!.toFixed(9))]),
    );
  });

  it.each([
    [512_000, [[512_000, 14_848]]],
    [
      512_001,
      [
        [512_000, 14_848],
        [1, 0.025],
      ],
    ],
    [
      2_048_001,
      [
        [512_000, 14_848],
        [1_536_000, 38_400],
        [1, 0.02],
      ],
    ],
  ])('bills %i GB of Firehose', (quantity, expected) => {
    expect(amounts(prices.firehoseIngestion, quantity)).toEqual(expected);
  });

  it('numbers its tiers', () => {
    const lines = billLines({ ...usage, price: prices.s3Storage, quantity: 60_000 });
    expect(lines.map(({ tier, usd }) => [tier, usd])).toEqual([
      [1, 0.023],
      [2, 0.022],
    ]);
  });
});

describe('a price without tiers', () => {
  it('makes one line', () => expect(amounts(prices.s3Puts, 3_000)).toEqual([[3_000, 0.015]]));
  it('makes none where nothing is used', () => expect(amounts(prices.s3Puts, 0)).toEqual([]));
});
