import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { priceNames, pricesOf, readPriceTable } from '../../../lib/cost/price-table.ts';

const table = readPriceTable();
const folder = mkdtempSync(join(tmpdir(), 'prices-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The table with something else in one place. */
function changed(from: string, to: string): () => unknown {
  const text = readFileSync('config/prices.yaml', 'utf8');
  expect(text).toContain(from);
  const path = join(folder, 'prices.yaml');
  writeFileSync(path, text.replace(from, to));
  return () => readPriceTable(path);
}

describe('config/prices.yaml', () => {
  it.each(['us-east-1', 'eu-central-1'])('has every price of %s', (region) => {
    expect(Object.keys(pricesOf(table, region)).toSorted()).toEqual([...priceNames].toSorted());
  });

  it('names no source that no price is from', () => {
    const used = Object.values(table.regions).flatMap((prices) => Object.values(prices).map(({ source }) => source));
    expect(Object.keys(table.sources).filter((name) => !used.includes(name))).toEqual([]);
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

it.each([
  ['a price that is missing', '    glueDpuHours:', '    glueDpuDays:', /regions\.us-east-1/],
  ['a source that is not there', 'source: glueGolden', 'source: hearsay', /names the source hearsay/],
  ['a price that is not verified and does not say why', 'verified: true', 'verified: false', /what was found/],
  ['tiers that fall', 'upTo: 2048000', 'upTo: 2048', /tiers must rise/],
])('refuses %s', (_what, from, to, message) => expect(changed(from, to)).toThrow(message));
