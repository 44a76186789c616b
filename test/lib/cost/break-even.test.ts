import { describe, expect, it } from 'vitest';
import { makeBill } from '../../../lib/cost/bill.ts';
import { breakEvens, crossing } from '../../../lib/cost/break-even.ts';
import { namedLoads } from '../../../lib/cost/load.ts';
import { inMode } from '../../../lib/cost/modes.ts';
import { pricesOf, readPriceTable } from '../../../lib/cost/price-table.ts';
import { aConfig } from '../../support/a-config.ts';

describe('a crossing', () => {
  const range = { from: 1, to: 1e6 };
  it('is found', () => expect(crossing((x) => x - 1_234, range)! / 1_234).toBeCloseTo(1, 3));
  it('is none where there is none', () => expect(crossing((x) => x + 1, range)).toBeUndefined());
});

describe('the modes of the studio’s load', () => {
  const options = {
    config: aConfig({ DEV_MODE: false }),
    load: namedLoads.studio,
    prices: pricesOf(readPriceTable(), 'us-east-1'),
  };
  const [intake, stack] = breakEvens(options);

  it('a stream costs more at every rate, by its hours at the least', () => {
    expect(intake).toMatchObject({ cheaper: 'DIRECT_BATCH', at: undefined });
    expect(intake!.totals[1] - intake!.totals[0]).toBeGreaterThan(730 * 0.04);
  });

  it('a warehouse costs less from as many reports on as Athena would bill the same for', () => {
    expect(stack).toMatchObject({ modes: ['DATA_LAKE', 'REDSHIFT'], by: 'reportRuns', cheaper: 'DATA_LAKE' });
    const config = { ...options.config, REDSHIFT_USAGE_LIMIT_RPU_HOURS: 100 };
    const totalAt = (mode: 'DATA_LAKE' | 'REDSHIFT', factor: number) =>
      makeBill({ ...options, config: inMode(config, mode), load: { ...options.load, reportRuns: stack!.at! * factor } })
        .total;
    expect(totalAt('DATA_LAKE', 1) / totalAt('REDSHIFT', 1)).toBeCloseTo(1, 3);
    expect(totalAt('DATA_LAKE', 0.9)).toBeLessThan(totalAt('REDSHIFT', 0.9));
    expect(totalAt('DATA_LAKE', 1.1)).toBeGreaterThan(totalAt('REDSHIFT', 1.1));
  });
});

it('another mode takes along what it rules out', () => {
  const live = aConfig({ INGEST_MODE: 'KINESIS_DATA_STREAMS', DATA_STACK: 'REDSHIFT', LIVE_WAREHOUSE_VIEW: true });
  expect(inMode(live, 'DIRECT_BATCH')).toMatchObject({ INGEST_MODE: 'DIRECT_BATCH', LIVE_WAREHOUSE_VIEW: false });
  expect(inMode(live, 'DATA_LAKE')).toMatchObject({ DATA_STACK: 'DATA_LAKE', LIVE_WAREHOUSE_VIEW: false });
  const iceberg = aConfig({ ENABLE_APACHE_ICEBERG_SUPPORT: true });
  expect(inMode(iceberg, 'REDSHIFT')).toMatchObject({ DATA_STACK: 'REDSHIFT', ENABLE_APACHE_ICEBERG_SUPPORT: false });
  expect(inMode(iceberg, 'KINESIS_DATA_STREAMS').ENABLE_APACHE_ICEBERG_SUPPORT).toBe(true);
});
