import { readArguments } from '../job-arguments.ts';
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
  /** Who is forgotten; undefined: nobody ever is. */
  readonly forgottenKey: string | undefined;
  /** Name of the job that removes them from the same tables. */
  readonly forgetJob: string | undefined;
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
export function readSettings(context: LocalJobContext): Settings {
  const { text, prefix, assetPath, compression, now } = readArguments(context);
  return {
    bucket: text('bucket'),
    database: text('database'),
    rawPrefix: prefix('raw_prefix'),
    eventsPrefix: prefix('events_prefix'),
    eventsTable: text('events_table'),
    playerDaysTable: text('player_days_table'),
    playerRevenueTable: text('player_revenue_table'),
    manifestKey: text('manifest_key'),
    forgottenKey: context.arguments['--forgotten_key'],
    forgetJob: context.arguments['--forget_job'],
    planPath: assetPath('plan'),
    compression,
    runId: context.runId,
    now,
    today: new Date(now).toISOString().slice(0, 10),
    skip: (context.arguments['--skip'] ?? '')
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== ''),
  };
}
