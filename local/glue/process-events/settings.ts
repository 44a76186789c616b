import type { LocalJobContext } from '../job-runner.ts';

/** The events job's arguments. Prefixes have no slash at their end. */
export interface Settings {
  readonly bucket: string;
  readonly database: string;
  readonly rawPrefix: string;
  readonly eventsPrefix: string;
  readonly eventsTable: string;
  readonly playerDaysTable: string;
  readonly playerRevenueTable: string;
  readonly manifestKey: string;
  /** Path of the plan's file. */
  readonly planPath: string;
  readonly compression: string;
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The UTC day of `now`, `YYYY-MM-DD`. */
  readonly today: string;
  /** Raw objects to go on without. */
  readonly skip: readonly string[];
}

/** Reads a run's arguments. Throws Error naming what is missing or unusable. */
export function readSettings({ arguments: given, runId, clock, assetPath }: LocalJobContext): Settings {
  const argument = (name: string): string => {
    const value = given[`--${name}`];
    if (value === undefined || value === '') throw new Error(`the job has no argument --${name}`);
    return value;
  };
  const prefix = (name: string) => argument(name).replaceAll(/^\/+|\/+$/g, '');
  const now = timeOf(given['--now'], clock());
  return {
    bucket: argument('bucket'),
    database: argument('database'),
    rawPrefix: prefix('raw_prefix'),
    eventsPrefix: prefix('events_prefix'),
    eventsTable: argument('events_table'),
    playerDaysTable: argument('player_days_table'),
    playerRevenueTable: argument('player_revenue_table'),
    manifestKey: argument('manifest_key'),
    planPath: planPath(argument('plan'), assetPath),
    compression: compressionOf(argument('compression')),
    runId,
    now,
    today: new Date(now).toISOString().slice(0, 10),
    skip: (given['--skip'] ?? '')
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== ''),
  };
}

function timeOf(text: string | undefined, now: number): number {
  if (text === undefined || text === '') return now;
  // Without an offset it is UTC.
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(time)) throw new Error(`--now is ${text}; a time is written like 2026-11-18T12:00:00Z`);
  return time;
}

function planPath(address: string, assetPath: LocalJobContext['assetPath']): string {
  const [, key] = /^s3:\/\/[^/]+\/(.+)$/.exec(address) ?? [];
  const path = key === undefined ? undefined : assetPath(key);
  if (path === undefined) throw new Error(`--plan is ${address}, which is no asset of the template`);
  return path;
}

function compressionOf(name: string): string {
  const known = ['zstd', 'snappy', 'gzip', 'uncompressed'];
  if (!known.includes(name)) throw new Error(`--compression is ${name}; it is one of ${known.join(', ')}`);
  return name;
}
