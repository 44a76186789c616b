import type { LocalJob } from './job-runner.ts';

/** What stands in for each script of `glue-scripts/`, by its name without ending. */
export const localJobs: Readonly<Record<string, LocalJob>> = {};
