import { describe, expect, it } from 'vitest';
import {
  checkPriceTable,
  priceNames,
  pricesOf,
  readPriceTable,
  type PriceTable,
} from '../../../lib/cost/price-table.ts';

const table = readPriceTable();

describe('config/prices.yaml', () => {
  it.each(['us-east-1', 'eu-central-1'])('has every price of %s', (region) => {
    expect(Object.keys(pricesOf(table, region)).toSorted()).toEqual([...priceNames].toSorted());
  });

  it('names no source that no price is from', () => {
    const prices = Object.values(table.regions).flatMap((region) => Object.values(region));
    const used = new Set(prices.map(({ source }) => source));
    expect(Object.keys(table.sources).filter((name) => !used.has(name))).toEqual([]);
  });

  it('has no source from after the day it was put together', () => {
    const later = Object.values(table.sources).filter(({ date }) => date > table.date);
    expect(later).toEqual([]);
  });
});

it('names the regions that are there when another one is asked for', () => {
  expect(() => pricesOf(table, 'mars-north-1')).toThrow(
    'there are no prices of the region mars-north-1 in config/prices.yaml; it has those of eu-central-1, us-east-1',
  );
});

type Region = Record<string, Record<string, unknown>>;

it.each<[string, (virginia: Region) => void, RegExp]>([
  ['a price that is missing', (prices) => delete prices['glueDpuHours'], /regions\.us-east-1/],
  ['a price of something else', (prices) => (prices['gold'] = prices['glueDpuHours']!), /regions\.us-east-1/],
  ['a source that is not there', ({ kmsKeys }) => (kmsKeys!['source'] = 'hearsay'), /names the source hearsay/],
  [
    'a price that does not say why it is not verified',
    ({ secrets }) => (secrets!['verified'] = false),
    /what was found/,
  ],
  ['a price both with tiers and without', ({ s3Storage }) => (s3Storage!['usd'] = 1), /either usd or tiers/],
  ['tiers that fall', ({ s3Storage }) => (s3Storage!['tiers'] = fallingTiers), /tiers must rise/],
  ['tiers that end', ({ s3Storage }) => (s3Storage!['tiers'] = fallingTiers.slice(0, 2)), /tiers must rise/],
])('refuses %s', (_what, change, message) => {
  const broken = structuredClone(table) as PriceTable;
  change(broken.regions['us-east-1'] as unknown as Region);
  expect(() => checkPriceTable(broken)).toThrow(message);
});

const fallingTiers = [{ upTo: 2, usd: 3 }, { upTo: 1, usd: 2 }, { usd: 1 }];
