import { findWork, type FindWorkDeps } from './find-work.ts';

export interface StartWorkflowDeps extends FindWorkDeps {
  /** Starts a run and answers its id; undefined when one is going on, which will take what it finds or leave it to us. */
  readonly startRun: () => Promise<string | undefined>;
  readonly logger: { info(message: string, fields: Readonly<Record<string, unknown>>): void };
}

/** What one look came to. */
export type Outcome = 'nothing to do' | 'started' | 'already running';

/** Starts the workflow if it has anything to do: a run of nothing costs as much as a run of an hour's events. */
export function startWorkflow(deps: StartWorkflowDeps): () => Promise<Outcome> {
  return async () => {
    const work = await findWork(deps);
    const runId = work && (await deps.startRun());
    const outcome = work === undefined ? 'nothing to do' : runId === undefined ? 'already running' : 'started';
    deps.logger.info('looked for work', { outcome, ...work, ...(runId !== undefined && { runId }) });
    return outcome;
  };
}
