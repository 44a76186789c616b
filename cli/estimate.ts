import type { PipelineConfig } from '../config/schema.ts';
import { makeBill } from '../lib/cost/bill.ts';
import { namedLoads, type LoadName } from '../lib/cost/load.ts';
import { pricesOf, readPriceTable } from '../lib/cost/price-table.ts';
import { describeLoad, dollars } from './format-bill.ts';

/** The region whose prices are taken unless another one is asked for. */
export const defaultRegion = 'us-east-1';

/** The load that is assumed unless another one is asked for. */
export const defaultLoad: LoadName = 'studio';

/** What a configuration would cost under a named load, in a line. Throws for a region without prices. */
export function estimate(config: PipelineConfig, load: LoadName, region: string): string {
  const { total } = makeBill({ config, load: namedLoads[load], prices: pricesOf(readPriceTable(), region) });
  return (
    `estimate: ${dollars(total)} dollars a month for ${config.INGEST_MODE} and ${config.DATA_STACK} in ${region} under the ` +
    `load ${load}: ${describeLoad(namedLoads[load])}; npm run cost shows the lines`
  );
}
