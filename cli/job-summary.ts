import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { WorkflowStep } from './run-workflow.ts';

/**
 * What a job on the laptop says of its run, `events_added 120, …`: from its log, which lies beside the endpoints file.
 * Undefined where there is none: Glue's API tells no more of a run than how it ended.
 */
export function jobSummary(endpointsFile: string, { name, runId }: WorkflowStep): string | undefined {
  const path = join(dirname(endpointsFile), 'logs', `${name}.log`);
  if (runId === undefined || !existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.includes(runId));
  const last = lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .find(({ message }) => message === succeeded);
  if (!last) return undefined;
  const { time: _, level: __, run: ___, message: ____, ...summary } = last;
  return Object.entries(summary)
    .map(([field, value]) => `${field} ${String(value)}`)
    .join(', ');
}

/** The line of a job's log that bears its summary. */
const succeeded = 'the job succeeded';
