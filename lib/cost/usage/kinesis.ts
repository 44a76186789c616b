import type { BillInput, PartOfBill } from '../bill.ts';
import type { Usage } from '../bill-line.ts';
import { gigabyte, kinesisBytes, putUnits } from '../rounding.ts';
import { monthHours, monthSeconds } from '../traffic.ts';

const part = 'request to Parquet';
const service = 'Kinesis';

/** Hours that are kept at no price of their own, and those that are kept at the first one. */
const freeHours = 24;
const weekHours = 7 * 24;

/** INGEST_MODE KINESIS_DATA_STREAMS: the stream before Firehose. Nothing in any other mode. */
export function kinesisUsage(input: BillInput): Required<PartOfBill> {
  if (input.config.INGEST_MODE !== 'KINESIS_DATA_STREAMS') return { usage: [], warnings: [] };
  return input.config.STREAM_PROVISIONED
    ? { usage: shardUsage(input), warnings: tooFewShards(input) }
    : { usage: onDemandUsage(input), warnings: [] };
}

function onDemandUsage({ config, prices, traffic }: BillInput): readonly Usage[] {
  const gigabytes = (traffic.records * kinesisBytes(traffic.recordBytes)) / gigabyte;
  // Firehose reads everything once, the live view once more.
  const readers = config.LIVE_WAREHOUSE_VIEW ? 2 : 1;
  const hourly = gigabytes / monthHours;
  return [
    { part, service, what: 'stream', quantity: monthHours, price: prices.kinesisStreamHours },
    { part, service, what: 'in', quantity: gigabytes, price: prices.kinesisIn },
    { part, service, what: 'out', quantity: gigabytes * readers, price: prices.kinesisOut },
    {
      part,
      service,
      what: 'kept up to a week',
      quantity: hourly * keptHours(config.STREAM_RETENTION_HOURS),
      price: prices.kinesisKeptDays,
    },
    keptLonger(hourly, config.STREAM_RETENTION_HOURS, prices.kinesisKeptLong),
  ];
}

function shardUsage({ config, prices, traffic }: BillInput): readonly Usage[] {
  const shardHours = config.STREAM_SHARD_COUNT * monthHours;
  const hourly = (traffic.records * traffic.recordBytes) / gigabyte / monthHours;
  return [
    { part, service, what: 'shards', quantity: shardHours, price: prices.kinesisShardHours },
    {
      part,
      service,
      what: 'put',
      quantity: traffic.records * putUnits(traffic.recordBytes),
      price: prices.kinesisPutUnits,
    },
    {
      part,
      service,
      what: 'kept up to a week',
      quantity: config.STREAM_RETENTION_HOURS > freeHours ? shardHours : 0,
      price: prices.kinesisKeptShardHours,
    },
    keptLonger(hourly, config.STREAM_RETENTION_HOURS, prices.kinesisKeptLong),
  ];
}

const keptHours = (hours: number): number => Math.max(0, Math.min(hours, weekHours) - freeHours);

const keptLonger = (hourlyGigabytes: number, hours: number, price: Usage['price']): Usage => ({
  part,
  service,
  what: 'kept longer',
  quantity: hourlyGigabytes * Math.max(0, hours - weekHours),
  price,
});

/** A shard takes 1 MB and 1,000 records a second. */
function tooFewShards({ config, traffic: { records, recordBytes } }: BillInput): readonly string[] {
  const rate = records / monthSeconds;
  const needed = Math.ceil(Math.max(rate / 1_000, (rate * recordBytes) / 1024 ** 2));
  if (config.STREAM_SHARD_COUNT >= needed) return [];
  return [`STREAM_SHARD_COUNT is ${config.STREAM_SHARD_COUNT}; this load takes ${needed} shards at the least`];
}
