import type { Clock } from '../runtime.ts';

/** What a branch needs of the execution it belongs to. */
export interface BranchRun {
  readonly clock: Clock;
  /** Ends the run before the next state, or while it waits. */
  readonly signal: AbortSignal;
  /** Ends the run in the middle of a task, whose result nobody hears then. */
  readonly abandoned: AbortSignal;
  /** The context object but for the state and the item. */
  readonly context: Readonly<Record<string, unknown>>;
  save(): Promise<void>;
  record(type: string, details?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Does a task; the parameters are its input where the state has none. */
  perform(resource: string, parameters: unknown): Promise<unknown>;
}
