import type { PipelineConfig } from '../../config/schema.ts';

export const modeNames = ['DIRECT_BATCH', 'KINESIS_DATA_STREAMS', 'DATA_LAKE', 'REDSHIFT'] as const;

/** What INGEST_MODE and DATA_STACK choose between. */
export type ModeName = (typeof modeNames)[number];

/** A configuration in another mode. What the mode rules out is off: the live view without a stream or a warehouse, Iceberg beside one. */
export function inMode(config: PipelineConfig, mode: ModeName): PipelineConfig {
  switch (mode) {
    case 'DIRECT_BATCH':
      return { ...config, INGEST_MODE: mode, LIVE_WAREHOUSE_VIEW: false };
    case 'KINESIS_DATA_STREAMS':
      return { ...config, INGEST_MODE: mode };
    case 'DATA_LAKE':
      return { ...config, DATA_STACK: mode, LIVE_WAREHOUSE_VIEW: false };
    case 'REDSHIFT':
      return { ...config, DATA_STACK: mode, ENABLE_APACHE_ICEBERG_SUPPORT: false };
  }
}
