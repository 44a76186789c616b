import type { PipelineConfig } from '../../config/schema.ts';

/** How the Parquet files of tables are compressed. No source says that Redshift reads Zstandard in place. */
export const compressionOf = ({ DATA_STACK }: PipelineConfig): 'snappy' | 'zstd' =>
  DATA_STACK === 'REDSHIFT' ? 'snappy' : 'zstd';
