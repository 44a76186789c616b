import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const tier = z.strictObject({
  /** Units a month up to which the tier goes, those of the tiers before it included; absent in the last one. */
  upTo: z.number().positive().optional(),
  usd: z.number().positive(),
});

const price = z
  .strictObject({
    /** Dollars for `per` units. */
    usd: z.number().positive().optional(),
    tiers: z.array(tier).min(2).optional(),
    per: z.number().positive(),
    unit: z.string(),
    /** Name of the source. */
    source: z.string(),
    /** Whether the price was found for this region at its source. */
    verified: z.boolean(),
    /** What was found instead. */
    found: z.string().optional(),
  })
  .refine(({ usd, tiers }) => (usd === undefined) !== (tiers === undefined), 'has either usd or tiers')
  .refine(({ tiers = [] }) => isRising(tiers), 'tiers must rise, and the last one must be open')
  .refine(({ verified, found }) => verified === (found === undefined), 'says what was found where it is not verified');

/** Every price that a bill may need. A region has all of them. */
export const priceNames = [
  'apiGatewayRequests',
  'dataTransferOut',
  'lambdaRequests',
  'lambdaArmSeconds',
  'dynamoReads',
  'dynamoWrites',
  'kinesisStreamHours',
  'kinesisIn',
  'kinesisOut',
  'kinesisKeptDays',
  'kinesisKeptLong',
  'kinesisShardHours',
  'kinesisPutUnits',
  'kinesisKeptShardHours',
  'firehoseIngestion',
  'firehoseConversion',
  's3Storage',
  's3Puts',
  's3Gets',
  'glueDpuHours',
  'athenaScanned',
  'redshiftRpuHours',
  'redshiftStorage',
  'logsIngested',
  'logsStored',
  'customMetrics',
  'alarmMetrics',
  'dashboards',
  'kmsKeys',
  'kmsRequests',
  'secrets',
  'secretRequests',
  'queueRequests',
  'stateTransitions',
  'busEvents',
  'scheduledCalls',
] as const;

export type PriceName = (typeof priceNames)[number];

const table = z
  .strictObject({
    currency: z.literal('USD'),
    /** When it was put together. */
    date: z.iso.date(),
    sources: z.record(z.string(), z.strictObject({ url: z.url(), date: z.iso.date(), what: z.string() })),
    regions: z.record(z.string(), z.record(z.enum(priceNames), price)),
  })
  .superRefine(({ sources, regions }, context) => {
    for (const [region, prices] of Object.entries(regions)) {
      for (const [name, { source }] of Object.entries(prices)) {
        if (sources[source] !== undefined) continue;
        context.addIssue({
          code: 'custom',
          path: ['regions', region, name],
          message: `names the source ${source}, which is not there`,
        });
      }
    }
  });

/** One price, in dollars for `per` units; in tiers by units a month, or the same for all. */
export type Price = z.infer<typeof price>;

/** The prices of one region. */
export type Prices = Readonly<Record<PriceName, Price>>;

export type PriceTable = z.infer<typeof table>;

const tablePath = fileURLToPath(new URL('../../config/prices.yaml', import.meta.url));

/** Reads config/prices.yaml. Throws as checkPriceTable does. */
export const readPriceTable = (): PriceTable => checkPriceTable(parse(readFileSync(tablePath, 'utf8')));

/**
 * A price table of what was read from a file.
 * @throws Error that names everything that is wrong in it
 */
export function checkPriceTable(content: unknown): PriceTable {
  const parsed = table.safeParse(content);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.map(String).join('.')}: ${message}`);
  throw new Error(`config/prices.yaml is no price table:\n${problems.join('\n')}`);
}

/**
 * The prices of a region.
 * @throws Error that names the regions that are there
 */
export function pricesOf({ regions }: PriceTable, region: string): Prices {
  const prices = regions[region];
  if (prices) return prices;
  const known = Object.keys(regions).toSorted().join(', ');
  throw new Error(`there are no prices of the region ${region} in config/prices.yaml; it has those of ${known}`);
}

function isRising(tiers: readonly z.infer<typeof tier>[]): boolean {
  return tiers.every(({ upTo }, at) => {
    if (at === tiers.length - 1) return upTo === undefined;
    return upTo !== undefined && upTo > (tiers[at - 1]?.upTo ?? 0);
  });
}
