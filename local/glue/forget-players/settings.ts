import { readArguments } from '../job-arguments.ts';
import type { LocalJobContext } from '../job-runner.ts';

/** The job's arguments. Prefixes have no slash at their end. */
export interface ForgetSettings {
  readonly bucket: string;
  readonly database: string;
  readonly rawPrefix: string;
  readonly errorsPrefix: string;
  readonly backupPrefix: string;
  readonly eventsPrefix: string;
  readonly eventsTable: string;
  readonly playerDaysTable: string;
  readonly playerRevenueTable: string;
  /** What the events job remembers. */
  readonly manifestKey: string;
  /** What the account jobs remember. */
  readonly accountStateKeys: readonly string[];
  /** Who is forgotten. */
  readonly forgottenKey: string;
  readonly reportPrefix: string;
  /** Name of the job that writes the same tables. */
  readonly eventsJob: string;
  readonly compression: string;
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Reads a run's arguments. Throws Error naming what is missing or unusable. */
export function readForgetSettings(context: LocalJobContext): ForgetSettings {
  const { text, prefix, compression, now } = readArguments(context);
  return {
    bucket: text('bucket'),
    database: text('database'),
    rawPrefix: prefix('raw_prefix'),
    errorsPrefix: prefix('errors_prefix'),
    backupPrefix: prefix('backup_prefix'),
    eventsPrefix: prefix('events_prefix'),
    eventsTable: text('events_table'),
    playerDaysTable: text('player_days_table'),
    playerRevenueTable: text('player_revenue_table'),
    manifestKey: text('manifest_key'),
    accountStateKeys: [text('accounts_state_key'), text('player_names_state_key')],
    forgottenKey: text('forgotten_key'),
    reportPrefix: prefix('report_prefix'),
    eventsJob: text('events_job'),
    compression,
    runId: context.runId,
    now,
  };
}
