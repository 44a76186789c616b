import { parseConfig } from '../../config/load.ts';
import type { PipelineConfig } from '../../config/schema.ts';

/** A valid configuration of a throw-away environment; a test names only the settings it is about. */
export const aConfig = (settings: Partial<PipelineConfig> = {}): PipelineConfig =>
  parseConfig({ WORKLOAD_NAME: 'test', DEV_MODE: true, ...settings }, 'a test');
