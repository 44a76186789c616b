import { GetWorkflowCommand, WorkflowRunStatus, type GlueClient } from '@aws-sdk/client-glue';

/** The state of the data, by the last run of the workflow that changes it. */
export interface DataVersion {
  readonly runId: string;
  /** Milliseconds since the epoch: since then the tables are as they are. */
  readonly since: number;
}

/** Finds the state of the data; undefined while a run may be changing it, and before the first. */
export type FindDataVersion = () => Promise<DataVersion | undefined>;

const changing = new Set<string | undefined>([WorkflowRunStatus.RUNNING, WorkflowRunStatus.STOPPING]);

/** The version by the workflow's last run, however it ended: one that failed may have changed some tables as well. */
export function lastRunOf(client: GlueClient, workflow: string): FindDataVersion {
  return async () => {
    const { Workflow } = await client.send(new GetWorkflowCommand({ Name: workflow }));
    const { WorkflowRunId, Status, CompletedOn } = Workflow?.LastRun ?? {};
    if (WorkflowRunId === undefined || CompletedOn === undefined || changing.has(Status)) return undefined;
    return { runId: WorkflowRunId, since: CompletedOn.getTime() };
  };
}
