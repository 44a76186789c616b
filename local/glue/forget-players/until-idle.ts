import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalJobContext } from '../job-runner.ts';

const goingOn: ReadonlySet<string> = new Set(['STARTING', 'RUNNING', 'STOPPING', 'WAITING']);

/** Whether a run of another job goes on, by Glue's own list of them. */
export async function hasRun({ aws }: LocalJobContext, job: string): Promise<boolean> {
  // Loaded by those who ask: a pipeline that starts should not wait for it.
  const { GetJobRunsCommand, GlueClient } = await import('@aws-sdk/client-glue');
  const glue = new GlueClient(aws);
  try {
    const { JobRuns = [] } = await glue.send(new GetJobRunsCommand({ JobName: job, MaxResults: 20 }));
    return JobRuns.some(({ JobRunState }) => goingOn.has(JobRunState ?? ''));
  } finally {
    glue.destroy();
  }
}

/** Milliseconds between two looks. */
const pause = 500;

/** Waits for the end of what runs of another job. The caller is seen to run by then, so that no further run begins. */
export async function untilIdle(context: LocalJobContext, job: string): Promise<void> {
  while (await hasRun(context, job)) await sleep(pause, undefined, { signal: context.signal });
}
