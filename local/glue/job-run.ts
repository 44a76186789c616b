/** The states of a Glue job's run that occur here. */
export type JobRunState = 'RUNNING' | 'STOPPING' | 'SUCCEEDED' | 'FAILED' | 'TIMEOUT' | 'STOPPED' | 'ERROR';

/** A run as GetJobRun answers it; times in seconds since the epoch. */
export interface JobRun {
  readonly Id: string;
  readonly JobName: string;
  readonly JobRunState: JobRunState;
  readonly StartedOn: number;
  readonly LastModifiedOn: number;
  readonly CompletedOn?: number;
  /** Seconds. */
  readonly ExecutionTime: number;
  /** Those that the run was given beyond the job's defaults. */
  readonly Arguments: Readonly<Record<string, string>>;
  readonly ErrorMessage?: string;
  readonly TriggerName?: string;
  readonly PredecessorRuns: readonly { readonly JobName: string; readonly RunId: string }[];
  readonly Attempt: 0;
  /** Minutes. */
  readonly Timeout: number;
  readonly GlueVersion?: string;
  readonly WorkerType?: string;
  readonly NumberOfWorkers?: number;
  readonly LogGroupName: string;
}

const over: ReadonlySet<JobRunState> = new Set(['SUCCEEDED', 'FAILED', 'TIMEOUT', 'STOPPED', 'ERROR']);

/** Whether nothing more will become of a run. */
export function isOver({ JobRunState }: Pick<JobRun, 'JobRunState'>): boolean {
  return over.has(JobRunState);
}
