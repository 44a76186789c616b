import { readArguments } from '../job-arguments.ts';
import type { LocalJobContext } from '../job-runner.ts';

/** Arguments that all jobs of account tables have. Prefixes have no slash at their end. */
export interface AccountSettings {
  /** The lake. */
  readonly bucket: string;
  readonly database: string;
  readonly eventsTable: string;
  readonly eventsPrefix: string;
  /** The application that account events bear. */
  readonly applicationId: string;
  /** The table that the job keeps. */
  readonly table: string;
  readonly stateKey: string;
  /** Path of the plan's file. */
  readonly planPath: string;
  readonly compression: string;
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Reads a run's arguments. Throws Error naming what is missing or unusable. */
export function readAccountSettings(context: LocalJobContext): AccountSettings {
  const { text, prefix, assetPath, compression, now } = readArguments(context);
  return {
    bucket: text('bucket'),
    database: text('database'),
    eventsTable: text('events_table'),
    eventsPrefix: prefix('events_prefix'),
    applicationId: text('application_id'),
    table: text('table'),
    stateKey: text('state_key'),
    planPath: assetPath('plan'),
    compression,
    runId: context.runId,
    now,
  };
}
