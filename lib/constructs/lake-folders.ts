import type { PipelineConfig } from '../../config/schema.ts';

/** Folders of the lake whose names are fixed; those a user may choose are settings (…_PREFIX). */
export const lakeFolders = {
  /** What Firehose could not deliver, by kind of error. */
  errors: 'firehose-errors',
  /** Every record as it came, when S3_BACKUP_MODE is on. */
  backup: 'firehose-backup',
  /** Results of Athena queries. */
  results: 'athena-results',
} as const;

/** How long each folder keeps its objects. */
export const lakeExpiry = (config: PipelineConfig) => [
  { folder: config.RAW_EVENTS_PREFIX, days: config.RAW_RETENTION_DAYS },
  { folder: lakeFolders.errors, days: config.ERROR_RETENTION_DAYS },
  { folder: lakeFolders.backup, days: config.BACKUP_RETENTION_DAYS },
  { folder: lakeFolders.results, days: config.RESULT_RETENTION_DAYS },
];
