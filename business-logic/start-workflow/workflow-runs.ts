import { ConcurrentRunsExceededException, StartWorkflowRunCommand, type GlueClient } from '@aws-sdk/client-glue';
import type { StartWorkflowDeps } from './start-workflow.ts';

/** Starts runs of one workflow, of which Glue allows one at a time. */
export function workflowRuns(client: GlueClient, workflow: string): StartWorkflowDeps['startRun'] {
  return async () => {
    try {
      const { RunId } = await client.send(new StartWorkflowRunCommand({ Name: workflow }));
      return RunId;
    } catch (error) {
      if (error instanceof ConcurrentRunsExceededException) return undefined;
      throw error;
    }
  };
}
