import type { PipelineConfig } from '../../../config/schema.ts';

/** The settings whose combinations are started. */
export type Mode = Pick<
  PipelineConfig,
  'INGEST_MODE' | 'DATA_STACK' | 'ENABLE_APACHE_ICEBERG_SUPPORT' | 'S3_BACKUP_MODE' | 'DEV_MODE'
>;

const mode = (
  INGEST_MODE: Mode['INGEST_MODE'],
  DATA_STACK: Mode['DATA_STACK'],
  isOn: { readonly iceberg?: true; readonly backup?: true; readonly dev?: true },
): Mode => ({
  INGEST_MODE,
  DATA_STACK,
  ENABLE_APACHE_ICEBERG_SUPPORT: isOn.iceberg ?? false,
  S3_BACKUP_MODE: isOn.backup ?? false,
  DEV_MODE: isOn.dev ?? false,
});

/** Every value of a setting meets every value of each other one in some row, unless the two cannot be combined. */
export const modes: readonly Mode[] = [
  mode('DIRECT_BATCH', 'DATA_LAKE', { dev: true }),
  mode('DIRECT_BATCH', 'DATA_LAKE', { iceberg: true, backup: true }),
  mode('KINESIS_DATA_STREAMS', 'DATA_LAKE', { iceberg: true, dev: true }),
  mode('KINESIS_DATA_STREAMS', 'DATA_LAKE', { backup: true }),
  mode('DIRECT_BATCH', 'REDSHIFT', { backup: true, dev: true }),
  mode('KINESIS_DATA_STREAMS', 'REDSHIFT', {}),
];

/** `KINESIS_DATA_STREAMS, REDSHIFT, DEV_MODE`. */
export const nameOf = ({ INGEST_MODE, DATA_STACK, ...flags }: Mode): string =>
  [INGEST_MODE, DATA_STACK, ...Object.entries(flags).flatMap(([name, isOn]) => (isOn ? [name] : []))].join(', ');
