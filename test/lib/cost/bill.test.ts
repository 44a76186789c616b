import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { PipelineConfig } from '../../../config/schema.ts';
import { makeBill, sumOf } from '../../../lib/cost/bill.ts';
import { namedLoads, type Load } from '../../../lib/cost/load.ts';
import { pricesOf, readPriceTable } from '../../../lib/cost/price-table.ts';
import { aConfig } from '../../support/a-config.ts';

// Written down anew, with nothing of lib/cost but the bill that is held to it.

interface RawPrice {
  readonly usd?: number;
  readonly per: number;
  readonly tiers?: readonly { readonly upTo?: number; readonly usd: number }[];
}

const { regions } = parse(readFileSync('config/prices.yaml', 'utf8')) as {
  readonly regions: Readonly<Record<string, Readonly<Record<string, RawPrice>>>>;
};

/** Dollars by hand: what is above each border costs the difference to the tier below it. */
function byHand(region: string, name: string, quantity: number): number {
  const { usd, per, tiers = [{ usd: usd! }] } = regions[region]![name]!;
  const borders = [0, ...tiers.map(({ upTo }) => upTo ?? 0)];
  const dollars = tiers.map((tier, at) => {
    const difference = tier.usd - (tiers[at - 1]?.usd ?? 0);
    return Math.max(0, quantity - borders[at]!) * difference;
  });
  return dollars.reduce((sum, part) => sum + part) / per;
}

const table = readPriceTable();
const GB = 1_073_741_824;
const seconds = 730 * 3_600;

type Expected = Readonly<Record<string, readonly [price: string, quantity: number]>>;

interface Case {
  readonly region: string;
  readonly load: Load;
  readonly settings: Partial<PipelineConfig>;
  readonly expected: Expected;
}

/** What the bill says and what comes out by hand, in dollars; the lines of a usage together. */
function bothWays({ region, load, settings, expected }: Case) {
  const { lines, total, perMillionEvents } = makeBill({
    config: aConfig(settings),
    load,
    prices: pricesOf(table, region),
  });
  const found: Record<string, number> = {};
  for (const { service, what, quantity, usd, per } of lines) {
    const key = `${service}: ${what}`;
    found[key] = (found[key] ?? 0) + (quantity / per) * usd;
  }
  const wanted = Object.entries(expected).map(
    ([key, [name, quantity]]) => [key, byHand(region, name, quantity)] as const,
  );
  const sum = wanted.reduce((all, [, amount]) => all + amount, 0);
  const perMillion = (sum * 1e6) / (load.eventsPerSecond * seconds);
  return {
    found: significant({ ...found, total, perMillionEvents, amounts: sumOf(lines) }),
    wanted: significant({ ...Object.fromEntries(wanted), total: sum, perMillionEvents: perMillion, amounts: sum }),
  };
}

/** Ten digits: fewer than sums in another order differ in. */
const significant = (amounts: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(amounts).map(([key, amount]) => [key, Number(amount.toPrecision(10))]));

it('bills the studio’s load into the lake, every line by hand', () => {
  const requests = 5 * seconds;
  const record = 217 + 20 * 600 + 19;
  const transforms = (requests * record) / 524_288;
  // 23 µs for 607 bytes, on 1,024 of the 1,769 MB that are a processor; begun milliseconds.
  const milliseconds = Math.ceil(10 + ((23 / 607) * 600 * 1e-3 * (20 * requests)) / transforms / (1_024 / 1_769));
  const events = 20 * requests;
  // What ends a file is its time: at 300 seconds 61 MB of rows.
  const files = seconds / 300;
  const jobSeconds = Math.ceil(90 + events / 730 / 20_000);
  const { found, wanted } = bothWays({
    region: 'us-east-1',
    load: namedLoads.studio,
    settings: { DEV_MODE: false },
    expected: {
      'API Gateway: requests': ['apiGatewayRequests', requests],
      'API Gateway: answers': ['dataTransferOut', (requests * 600) / GB],
      'CloudWatch: access log': ['logsIngested', (requests * 386) / GB],
      'Lambda: authorizer: invocations': ['lambdaRequests', 10 * (seconds / 300)],
      'Lambda: authorizer: time': ['lambdaArmSeconds', 10 * (seconds / 300) * 0.01 * 0.5],
      'DynamoDB: tokens': ['dynamoReads', 10 * (seconds / 300)],
      'DynamoDB: days of last use': ['dynamoWrites', (10 * 730) / 24],
      'Firehose: intake': ['firehoseIngestion', (requests * 3 * 5_120) / GB],
      'Firehose: conversion': ['firehoseConversion', (requests * 3 * 5_120) / GB],
      'S3: raw files': ['s3Puts', files],
      'Lambda: transform: invocations': ['lambdaRequests', transforms],
      'Lambda: transform: time': ['lambdaArmSeconds', (transforms * milliseconds) / 1_000],
      'DynamoDB: games': ['dynamoReads', 5 * (seconds / 60)],
      'CloudWatch: log of the transform': ['logsIngested', (transforms * 900) / GB],
      'S3: storage of raw events, events and players': [
        's3Storage',
        (12 * events * (600 * ((129 + 70.7) / 607) + 1.05)) / GB,
      ],
      'Glue: events job': ['glueDpuHours', (730 * 2 * jobSeconds) / 3_600],
      'Glue: account jobs': ['glueDpuHours', (730 * 2 * 5 * 60) / 3_600],
      'Glue: crawler': ['glueDpuHours', (730 * 2 * 600) / 3_600],
      'S3: jobs write': ['s3Puts', 730 * (30 + 6 * 5)],
      'S3: jobs read': ['s3Gets', 730 * (60 + 12 * 5)],
      'EventBridge: schedule of the workflow': ['scheduledCalls', 730],
      'S3: looks for raw files': ['s3Puts', 730],
      'Lambda: workflow starter: invocations': ['lambdaRequests', 730],
      'Lambda: workflow starter: time': ['lambdaArmSeconds', 730 * 0.1 * 0.5],
      'Athena: read by reports': [
        'athenaScanned',
        // A report reads 30 days of the 30.4 of a month; megabytes begun.
        (3_000 * Math.ceil((events * (30 / (730 / 24)) * 4.8) / 1_048_576)) / 1_048_576,
      ],
      'S3: reports read': ['s3Gets', 3_000 * 5 * 30 * 2],
      'CloudWatch: logs kept': ['logsStored', ((requests * 386 + transforms * 900) * (30 / (730 / 24))) / GB],
      'CloudWatch: metrics of our own': ['customMetrics', 12],
      'CloudWatch: metrics under alarms': ['alarmMetrics', 17],
      'CloudWatch: dashboard': ['dashboards', 1],
      'KMS: keys': ['kmsKeys', 1],
      'KMS: requests': ['kmsRequests', (50 * 730) / 24],
      'Secrets Manager: secrets': ['secrets', 2],
      'Secrets Manager: requests': ['secretRequests', (50 * 730) / 24],
    },
  });
  expect(found).toEqual(wanted);
});

it('bills the publisher’s load through Kinesis into a warehouse, every line by hand', () => {
  const requests = 250 * seconds;
  const events = 5_000 * seconds;
  const record = 217 + 20 * 600 + 19;
  const transforms = (requests * record) / 524_288;
  const milliseconds = Math.ceil(10 + ((23 / 607) * 600 * 1e-3 * events) / transforms / (1_024 / 1_769));
  const instances = Math.ceil((transforms * milliseconds) / 1_000 / seconds);
  // Buffers of 128 MB of rows, twice as long as records, are full before their time is over.
  const files = (2 * requests * record) / (128 * 1_048_576);
  const jobSeconds = Math.ceil(90 + events / 730 / 20_000);
  const loads = 4 * 730;
  const loadSeconds = 30 + events / loads / 100_000;
  const looks = Math.ceil(loadSeconds / 3);
  const reportSeconds = Math.ceil(2 + (events * (30 / (730 / 24)) * 4.8) / 500e6);
  expect(reportSeconds).toBeGreaterThan(60);
  const inGigabytes = (requests * 12 * 1_024) / GB;
  const asked = 100 * (seconds / 300);
  const { found, wanted } = bothWays({
    region: 'eu-central-1',
    load: { ...namedLoads.publisher, reportRuns: 1_000 },
    settings: {
      DEV_MODE: false,
      INGEST_MODE: 'KINESIS_DATA_STREAMS',
      STREAM_RETENTION_HOURS: 200,
      DATA_STACK: 'REDSHIFT',
      REDSHIFT_USAGE_LIMIT_RPU_HOURS: 100,
      S3_BACKUP_MODE: true,
    },
    expected: {
      'API Gateway: requests': ['apiGatewayRequests', requests],
      'API Gateway: answers': ['dataTransferOut', (requests * 600) / GB],
      'CloudWatch: access log': ['logsIngested', (requests * 386) / GB],
      'Lambda: authorizer: invocations': ['lambdaRequests', asked],
      'Lambda: authorizer: time': ['lambdaArmSeconds', asked * 0.01 * 0.5],
      'DynamoDB: tokens': ['dynamoReads', asked],
      'DynamoDB: days of last use': ['dynamoWrites', (100 * 730) / 24],
      'Kinesis: stream': ['kinesisStreamHours', 730],
      'Kinesis: in': ['kinesisIn', inGigabytes],
      'Kinesis: out': ['kinesisOut', inGigabytes],
      'Kinesis: kept up to a week': ['kinesisKeptDays', (inGigabytes * 144) / 730],
      'Kinesis: kept longer': ['kinesisKeptLong', (inGigabytes * 32) / 730],
      'Firehose: intake': ['firehoseIngestion', (requests * 3 * 5_120) / GB],
      'Firehose: conversion': ['firehoseConversion', (requests * 3 * 5_120) / GB],
      'S3: raw files': ['s3Puts', 2 * files],
      'Lambda: transform: invocations': ['lambdaRequests', transforms],
      'Lambda: transform: time': ['lambdaArmSeconds', (transforms * milliseconds) / 1_000],
      'DynamoDB: games': ['dynamoReads', instances * 50 * (seconds / 60)],
      'CloudWatch: log of the transform': ['logsIngested', (transforms * 900) / GB],
      'S3: storage of raw events, events and players, backup': [
        's3Storage',
        (12 * events * (600 * ((129 + 138) / 607) + 1.05) + requests * record * 0.25 * (30 / (730 / 24))) / GB,
      ],
      'Glue: events job': ['glueDpuHours', (730 * 2 * jobSeconds) / 3_600],
      'Glue: account jobs': ['glueDpuHours', (730 * 2 * 5 * 60) / 3_600],
      'Glue: crawler': ['glueDpuHours', (730 * 2 * 600) / 3_600],
      'S3: jobs write': ['s3Puts', 730 * (30 + 6 * 50)],
      'S3: jobs read': ['s3Gets', 730 * (60 + 12 * 50)],
      'EventBridge: schedule of the workflow': ['scheduledCalls', 730],
      'S3: looks for raw files': ['s3Puts', 730],
      'Lambda: workflow starter: invocations': ['lambdaRequests', 730],
      'Lambda: workflow starter: time': ['lambdaArmSeconds', 730 * 0.1 * 0.5],
      'Redshift: loads': ['redshiftRpuHours', (loads * Math.max(60, Math.ceil(loadSeconds)) * 4) / 3_600],
      'Redshift: reports': ['redshiftRpuHours', (1_000 * reportSeconds * 4) / 3_600],
      'Redshift: storage': ['redshiftStorage', (events * 600 * (138 / 607) * (30 / (730 / 24))) / GB],
      'Step Functions: loads': ['stateTransitions', loads * (8 + 3 * looks)],
      'EventBridge: raw files': ['busEvents', files],
      'EventBridge: schedule of loads': ['scheduledCalls', loads],
      'SQS: raw files': ['queueRequests', 3 * files + loads],
      'Lambda: loader: invocations': ['lambdaRequests', loads * (looks + 4)],
      'Lambda: loader: time': ['lambdaArmSeconds', loads * (looks + 4) * 0.1 * 0.5],
      'CloudWatch: logs kept': ['logsStored', ((requests * 386 + transforms * 900) * (30 / (730 / 24))) / GB],
      'CloudWatch: metrics of our own': ['customMetrics', 12],
      'CloudWatch: metrics under alarms': ['alarmMetrics', 17 + 1 + 8],
      'CloudWatch: dashboard': ['dashboards', 1],
      'KMS: keys': ['kmsKeys', 1],
      'KMS: requests': ['kmsRequests', (50 * 730) / 24],
      'Secrets Manager: secrets': ['secrets', 3],
      'Secrets Manager: requests': ['secretRequests', (50 * 730) / 24],
    },
  });
  expect(found).toEqual(wanted);
});

describe('a bill', () => {
  const prices = pricesOf(table, 'us-east-1');
  const billOf = (settings: Partial<PipelineConfig>, load: Load = namedLoads.studio) =>
    makeBill({ config: aConfig(settings), load, prices });
  const quantityOf = (bill: ReturnType<typeof billOf>, wanted: string): number | undefined =>
    bill.lines.find(({ service, what }) => `${service}: ${what}` === wanted)?.quantity;

  it('has shards, and units of 25 KB that records are put as', () => {
    const settings = { INGEST_MODE: 'KINESIS_DATA_STREAMS', STREAM_PROVISIONED: true, STREAM_SHARD_COUNT: 3 } as const;
    const load = { ...namedLoads.studio, eventsPerRequest: 50 };
    const bill = billOf({ ...settings, STREAM_RETENTION_HOURS: 25 }, load);
    expect(quantityOf(bill, 'Kinesis: shards')).toBe(3 * 730);
    // 30,266 bytes.
    expect(quantityOf(bill, 'Kinesis: put')).toBe(2 * 2 * seconds);
    expect(quantityOf(bill, 'Kinesis: kept up to a week')).toBe(3 * 730);
    expect(bill.warnings).toEqual([]);
  });

  it('warns of too few shards', () => {
    const settings = { INGEST_MODE: 'KINESIS_DATA_STREAMS', STREAM_PROVISIONED: true } as const;
    expect(billOf(settings, namedLoads.publisher).warnings).toContain(
      'STREAM_SHARD_COUNT is 1; this load takes 3 shards at the least',
    );
  });

  it('keeps the warehouse awake for the live view, until the day’s limit', () => {
    const live = { INGEST_MODE: 'KINESIS_DATA_STREAMS', DATA_STACK: 'REDSHIFT', LIVE_WAREHOUSE_VIEW: true } as const;
    const unlimited = billOf({ ...live, REDSHIFT_USAGE_LIMIT_RPU_HOURS: 96 });
    expect(quantityOf(unlimited, 'Redshift: live view')).toBe(4 * 730);
    expect(quantityOf(unlimited, 'Redshift: loads')).toBeUndefined();
    expect(unlimited.warnings).toEqual([]);
    const limited = billOf(live);
    expect(quantityOf(limited, 'Redshift: live view')).toBeCloseTo((24 * 730) / 24, 9);
    expect(limited.warnings.join()).toContain('this load takes 96 RPU hours a day');
  });

  it('never lets the warehouse be awake for longer than a month', () => {
    const settings = { DATA_STACK: 'REDSHIFT', REDSHIFT_USAGE_LIMIT_RPU_HOURS: 1_000 } as const;
    const bill = billOf(settings, { ...namedLoads.studio, reportRuns: 1e7 });
    expect(quantityOf(bill, 'Redshift: loads')! + quantityOf(bill, 'Redshift: reports')!).toBeCloseTo(4 * 730, 9);
  });

  it('bills 10 MB for each report of a small lake', () => {
    const load = { ...namedLoads.indie, eventsPerSecond: 0.5, reportRuns: 1_048_576 / 10 };
    expect(quantityOf(billOf({}, load), 'Athena: read by reports')).toBeCloseTo(1, 9);
  });

  it('asks the authorizer for every request where the gateway remembers nothing', () => {
    expect(quantityOf(billOf({ AUTHORIZER_TTL_SECONDS: 0 }), 'DynamoDB: tokens')).toBe(5 * seconds);
  });

  it('warns of a job that never catches up', () => {
    const load = { ...namedLoads.publisher, eventsPerSecond: 50_000 };
    expect(billOf({}, load).warnings.join()).toMatch(/a run of the events job would take 152 minutes; it has 60/);
  });

  it('warns of reports that Athena would end', () => {
    const load = { ...namedLoads.publisher, eventsPerSecond: 50_000 };
    expect(billOf({ ATHENA_SCAN_LIMIT_BYTES: 100e9 }, load).warnings.join()).toMatch(
      /ATHENA_SCAN_LIMIT_BYTES ends it at 100/,
    );
  });

  it.each([
    [{ eventsPerSecond: 0 }, 'eventsPerSecond is 0; it must be more than 0'],
    [{ eventsPerRequest: 0.5 }, 'eventsPerRequest is 0.5; it must be 1 or more'],
    [{ reportRuns: -1 }, 'reportRuns is -1; it must not be negative'],
    [{ eventsPerRequest: 2_000 }, 'a request may have 1024000, since it becomes one record'],
  ])('refuses %j', (change, message) => {
    expect(() => billOf({}, { ...namedLoads.studio, ...change })).toThrow(message);
  });
});
