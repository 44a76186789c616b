import type { LocalJob } from './job-runner.ts';
import { processEvents } from './process-events.ts';

/** What stands in for each script of `glue-scripts/`, by its name without ending. */
export const localJobs: Readonly<Record<string, LocalJob>> = { process_events: processEvents };
