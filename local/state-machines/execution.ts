import type { Definition } from './definition.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** How a branch or an execution ended. */
export type Outcome = { readonly output: unknown } | { readonly error: string; readonly cause: string };

/** Where a branch stands. All of it is on disk before a state begins and once it has ended. */
export interface Frame {
  state: string;
  /** Of the state, as it came. */
  input: unknown;
  /** Milliseconds since the epoch. */
  enteredAt: number;
  /** Retries so far, by the retrier's place in the state. */
  retries: Record<string, number>;
  /** Set while a task is done; still set after a crash: nobody knows how far it came. */
  underway?: boolean;
  /** What a Wait or a retry waits for, in milliseconds since the epoch. */
  until?: number;
  /** Of a Map or Parallel state: one for each item or branch. */
  children?: Frame[];
  /** Of an item of a Map. */
  readonly item?: { readonly Index: number; readonly Value: unknown };
  outcome?: Outcome;
}

/** One execution; it keeps the definition and the role it was started with. Times are milliseconds since the epoch. */
export interface Execution {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
  /** JSON, as it was given. */
  readonly input: string;
  readonly startedAt: number;
  status: ExecutionStatus;
  stoppedAt?: number;
  /** JSON. */
  output?: string;
  error?: string;
  cause?: string;
  readonly root: Frame;
}

/** An event of GetExecutionHistory. */
export interface HistoryEvent {
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly type: string;
  readonly id: number;
  readonly previousEventId: number;
  readonly [details: string]: unknown;
}
