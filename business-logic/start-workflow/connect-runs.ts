import { GlueClient } from '@aws-sdk/client-glue';
import type { StartWorkflowDeps } from './start-workflow.ts';
import { workflowRuns } from './workflow-runs.ts';

/** Starts runs with the function's own rights. */
export const connectRuns = (workflow: string): StartWorkflowDeps['startRun'] =>
  workflowRuns(new GlueClient({}), workflow);
