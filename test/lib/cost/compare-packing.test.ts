import { expect, it } from 'vitest';
import { sumOf } from '../../../lib/cost/bill.ts';
import { comparePacking } from '../../../lib/cost/compare-packing.ts';
import { pricesOf, readPriceTable } from '../../../lib/cost/price-table.ts';
import { aConfig } from '../../support/a-config.ts';

const table = readPriceTable();
const load = { eventsPerSecond: 100, eventBytes: 600, eventsPerRequest: 20, games: 5, reportRuns: 3_000, months: 12 };

it.each([
  ['us-east-1', false],
  ['us-east-1', true],
  ['eu-central-1', false],
])('costs less in %s than one record per event (DEV_MODE: %s)', (region, DEV_MODE) => {
  const options = { config: aConfig({ DEV_MODE }), load, prices: pricesOf(table, region) };
  const { packed, single, firehoseRatio, wayRatio } = comparePacking(options);
  expect(firehoseRatio).toBeGreaterThanOrEqual(6);
  expect(wayRatio).toBeGreaterThanOrEqual(1.7);
  // 20 records of 5 KB against one of 15.
  expect(firehoseRatio).toBeCloseTo(20 / 3, 9);

  const way = (lines: typeof packed.lines) => lines.filter(({ part }) => part === 'request to Parquet');
  expect(wayRatio).toBeCloseTo(sumOf(way(single.lines)) / sumOf(way(packed.lines)), 12);
  const services = new Set(way(packed.lines).map(({ service }) => service));
  expect([...services].toSorted()).toEqual(['API Gateway', 'CloudWatch', 'DynamoDB', 'Firehose', 'Lambda', 'S3']);
  const gateway = (lines: typeof packed.lines) => lines.filter(({ service }) => service === 'API Gateway');
  expect(gateway(single.lines)).toEqual(gateway(packed.lines));
});

it('makes no difference where a client sends one event at a time', () => {
  const options = { config: aConfig(), load: { ...load, eventsPerRequest: 1 }, prices: pricesOf(table, 'us-east-1') };
  expect(comparePacking(options).firehoseRatio).toBe(1);
});
