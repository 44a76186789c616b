import { compressionOf } from '../../etl/compression.ts';
import { assumed } from '../assumed.ts';
import type { BillInput, PartOfBill } from '../bill.ts';
import type { Usage } from '../bill-line.ts';
import { deployed } from '../deployed.ts';
import { measured } from '../measured.ts';
import { crawlSeconds, gigabyte, glueJobSeconds } from '../rounding.ts';
import { runsPerMonth } from '../runs-per-month.ts';
import { monthDays, monthSeconds } from '../traffic.ts';
import { functionUsage } from './function-usage.ts';
import { rawFiles } from './raw-files.ts';

const part = 'lake';

/** What lies in the lake, and the workflow that keeps its tables. */
export function lakeUsage(input: BillInput): PartOfBill {
  const looks = runsPerMonth(input.config.ETL_SCHEDULE);
  // No run without a new file.
  const runs = Math.min(looks, rawFiles(input));
  const seconds = assumed.eventsJob.seconds + input.traffic.events / runs / assumed.eventsJob.rowsPerSecond;
  return {
    usage: [...storageUsage(input), ...jobUsage(input, runs, seconds), ...scheduleUsage(input, looks)],
    warnings: tooSlow(seconds, runs),
  };
}

function storageUsage({ config, load, prices, traffic }: BillInput): readonly Usage[] {
  const sent = traffic.events * load.eventBytes;
  const { raw, events, eventsSnappy } = measured.parquetBytesPerByte;
  const typed = compressionOf(config) === 'zstd' ? events : eventsSnappy;
  const kept = (days: number): number => Math.min(load.months, days / monthDays);
  const stored = [
    ['raw events', sent * raw * kept(config.RAW_RETENTION_DAYS)],
    ['events and players', (sent * typed + traffic.events * measured.playerBytesPerEvent) * load.months],
    [
      'backup',
      config.S3_BACKUP_MODE
        ? traffic.records * traffic.recordBytes * assumed.backupBytesPerByte * kept(config.BACKUP_RETENTION_DAYS)
        : 0,
    ],
  ] as const;
  // Bands are those of all that is stored together: one quantity.
  const bytes = stored.reduce((sum, [, size]) => sum + size, 0);
  const what = `storage of ${stored.flatMap(([name, size]) => (size > 0 ? [name] : [])).join(', ')}`;
  return [{ part, service: 'S3', what, quantity: bytes / gigabyte, price: prices.s3Storage }];
}

function jobUsage({ load, prices }: BillInput, runs: number, seconds: number): readonly Usage[] {
  const hours = (billed: number, dpus: number): number => (runs * billed * dpus) / 3_600;
  const { puts, gets, putsPerGame, getsPerGame } = assumed.jobRequests;
  const accounts = deployed.accountJobs * glueJobSeconds(assumed.accountJobSeconds);
  const price = prices.glueDpuHours;
  return [
    { part, service: 'Glue', what: 'events job', quantity: hours(glueJobSeconds(seconds), deployed.jobDpus), price },
    { part, service: 'Glue', what: 'account jobs', quantity: hours(accounts, deployed.jobDpus), price },
    { part, service: 'Glue', what: 'crawler', quantity: hours(crawlSeconds(0), deployed.crawlDpus), price },
    {
      part,
      service: 'S3',
      what: 'jobs write',
      quantity: runs * (puts + putsPerGame * load.games),
      price: prices.s3Puts,
    },
    {
      part,
      service: 'S3',
      what: 'jobs read',
      quantity: runs * (gets + getsPerGame * load.games),
      price: prices.s3Gets,
    },
  ];
}

function scheduleUsage({ prices }: BillInput, looks: number): readonly Usage[] {
  return [
    { part, service: 'EventBridge', what: 'schedule of the workflow', quantity: looks, price: prices.scheduledCalls },
    { part, service: 'S3', what: 'looks for raw files', quantity: looks, price: prices.s3Puts },
    ...functionUsage(
      {
        part,
        name: 'workflow starter',
        count: looks,
        milliseconds: 10 * assumed.lookupMilliseconds,
        megabytes: deployed.memory.other,
      },
      prices,
    ),
  ];
}

/** A run that is not over when the next one begins never catches up; one is ended after an hour. */
function tooSlow(seconds: number, runs: number): readonly string[] {
  const allowed = Math.min(3_600, monthSeconds / runs);
  if (seconds <= allowed) return [];
  return [
    `a run of the events job would take ${Math.round(seconds / 60)} minutes; it has ${Math.round(allowed / 60)}: ` +
      'run it more often, or give it more workers',
  ];
}
