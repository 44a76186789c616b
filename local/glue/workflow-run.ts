import type { Crawl } from './crawlers.ts';
import type { JobRun } from './job-run.ts';

export type WorkflowRunStatus = 'RUNNING' | 'COMPLETED' | 'STOPPING' | 'STOPPED' | 'ERROR';

/** What one trigger started in a workflow's run. */
export type StartedAction =
  | { readonly kind: 'job'; readonly name: string; readonly runId: string }
  | { readonly kind: 'crawler'; readonly name: string; readonly crawl: Crawl };

/** A run of a workflow as it is kept; what GetWorkflowRun answers is made from it. Times in seconds since the epoch. */
export interface StoredWorkflowRun {
  readonly name: string;
  readonly id: string;
  readonly previousId?: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly startedOn: number;
  readonly completedOn?: number;
  readonly status: WorkflowRunStatus;
  readonly actions: readonly StartedAction[];
  /** Names of the triggers that have fired; each does so once in a run. */
  readonly fired: readonly string[];
}

/** An action with what became of it so far. */
export type SeenAction =
  | { readonly kind: 'job'; readonly name: string; readonly state: string; readonly jobRun: JobRun }
  | { readonly kind: 'crawler'; readonly name: string; readonly state: string; readonly crawl: Crawl };

/** The statistics of a run; `total` counts the workflow's actions, started or not. */
export function statisticsOf(actions: readonly SeenAction[], total: number) {
  const count = (...states: string[]) => actions.filter(({ state }) => states.includes(state)).length;
  return {
    TotalActions: total,
    TimeoutActions: count('TIMEOUT'),
    FailedActions: count('FAILED'),
    StoppedActions: count('STOPPED', 'CANCELLED'),
    SucceededActions: count('SUCCEEDED'),
    RunningActions: count('RUNNING', 'STOPPING'),
    ErroredActions: count('ERROR'),
    WaitingActions: 0,
  };
}
