import type { PipelineConfig } from '../../config/schema.ts';

/**
 * Folders of the lake whose names are fixed, beside those of the player and account tables (`lib/schemas/`); those a user
 * may choose are settings (…_PREFIX).
 */
export const lakeFolders = {
  /** What Firehose could not deliver, by kind of error. */
  errors: 'firehose-errors',
  /** Every record as it came, when S3_BACKUP_MODE is on. */
  backup: 'firehose-backup',
  /** Results of Athena queries. */
  results: 'athena-results',
  /** What the pipeline remembers between two runs. */
  state: 'state',
  /** Data sets that a studio lays beside ours, one folder each. */
  custom: 'custom',
} as const;

/** The object that says which raw objects are already among the events. */
export const manifestKey = `${lakeFolders.state}/process-events.json`;

/** The object that says which account events the account tables are made of. */
export const accountsStateKey = `${lakeFolders.state}/accounts.json`;

/** The same for the table of names, whose job has a role of its own. */
export const playerNamesStateKey = `${lakeFolders.state}/player-names.json`;

/** The object that says who is forgotten, by digests. */
export const forgottenKey = `${lakeFolders.state}/forgotten.json`;

/** What runs that removed forgotten players did. */
export const forgetReportFolder = `${lakeFolders.state}/forget`;

/** What a load of the warehouse knows of itself: its files, and the lists it has Redshift load. */
export const warehouseLoadFolder = `${lakeFolders.state}/warehouse-load`;

/** How far the last setup of the warehouse came. */
export const warehouseSetupKey = `${lakeFolders.state}/warehouse-setup.json`;

/** Days that a job's temporary files are kept, in case a run died before it removed them. */
const temporaryDays = 3;

/** How long each folder keeps its objects. */
export const lakeExpiry = (config: PipelineConfig) => [
  { folder: config.RAW_EVENTS_PREFIX, days: config.RAW_RETENTION_DAYS },
  { folder: lakeFolders.errors, days: config.ERROR_RETENTION_DAYS },
  { folder: lakeFolders.backup, days: config.BACKUP_RETENTION_DAYS },
  { folder: lakeFolders.results, days: config.RESULT_RETENTION_DAYS },
  { folder: config.GLUE_TMP_PREFIX, days: temporaryDays },
];

/** Folders of the restricted bucket: names are read there by the publisher's reports alone. */
export const restrictedFolders = {
  /** Results of queries that read names. */
  results: 'results',
} as const;

/** How long the restricted bucket keeps what is not a table: S3 counts in whole days. */
export const restrictedExpiry = [{ folder: restrictedFolders.results, days: 1 }];
