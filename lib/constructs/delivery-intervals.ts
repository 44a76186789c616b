import type { PipelineConfig } from '../../config/schema.ts';

/** Seconds of events one Parquet file holds at most; what a report sees is this old. */
const deliverySeconds = { dev: 60, prod: 300 };

/** The same for a configuration. */
export const deliveryIntervalSeconds = ({ DEV_MODE }: PipelineConfig): number =>
  DEV_MODE ? deliverySeconds.dev : deliverySeconds.prod;

/** Seconds that records wait for others before they are transformed. */
export const transformIntervalSeconds = 60;

/** Megabytes of rows that end a file sooner. */
export const deliveryMegabytes = 128;
